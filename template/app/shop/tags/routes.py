# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""Tags over HTTP. Paths with a word come before `/{id}`, which would swallow them."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from app.auth.access import require
from app.auth.scopes import Scope
from app.models import Tag
from app.pagination import Page
from app.preconditions import IfMatch, etag
from app.schemas import Id
from app.shop.products.dependencies import Products
from app.shop.products.schemas import ProductTags
from app.shop.tags.dependencies import Tags
from app.shop.tags.schemas import TagCreate, TagQuery, TagRead, TagUpdate

router = APIRouter(tags=["tags"])
# {% if auth != "none" %}
# Everybody may read the catalog; to change it takes a scope.
guarded_router = APIRouter(dependencies=[require(Scope.CATALOG)])
router.include_router(guarded_router)
# {% endif %}


@router.get("/tags", response_model=Page[TagRead])
async def list_tags(service: Tags, query: Annotated[TagQuery, Query()]) -> Page[Tag]:
    """List tags."""
    return await service.page(query)


@guarded_router.post("/tags", response_model=TagRead, status_code=status.HTTP_201_CREATED)
async def create_tag(data: TagCreate, service: Tags, response: Response) -> Tag:
    """Add a tag."""
    tag = await service.create(data)
    response.headers["Location"] = f"/tags/{tag.id}"
    return tag


@router.get("/tags/slug/{slug}", response_model=TagRead)
async def read_tag_by_slug(slug: str, service: Tags) -> Tag:
    """Return the tag with this slug."""
    return await service.by_slug(slug)


@router.get("/tags/{tag_id}", response_model=TagRead)
async def read_tag(tag_id: Id, service: Tags) -> Tag:
    """Return one tag."""
    return await service.get(tag_id)


@guarded_router.put("/tags/{tag_id}", response_model=TagRead)
async def replace_tag(tag_id: Id, data: TagCreate, service: Tags) -> Tag:
    """Replace all fields of a tag."""
    return await service.change(tag_id, data)


@guarded_router.patch("/tags/{tag_id}", response_model=TagRead)
async def update_tag(tag_id: Id, data: TagUpdate, service: Tags) -> Tag:
    """Change some fields of a tag."""
    return await service.change(tag_id, data)


@guarded_router.delete("/tags/{tag_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_tag(tag_id: Id, service: Tags) -> None:
    """Delete a tag, and take it off its products."""
    await service.delete(tag_id)


@router.get("/products/{product_id}/tags", response_model=list[TagRead])
async def list_tags_of_product(product_id: Id, service: Products) -> Sequence[Tag]:
    """List the tags of one product by name."""
    product = await service.get(product_id)
    return product.tags


@guarded_router.put("/products/{product_id}/tags", response_model=list[TagRead])
async def replace_tags_of_product(
    product_id: Id,
    data: ProductTags,
    service: Products,
    response: Response,
    if_match: IfMatch = None,
) -> Sequence[Tag]:
    """Give a product these tags and no others."""
    product = await service.tag(product_id, data.tag_ids, if_match)
    response.headers["ETag"] = etag(product.version)
    return product.tags
# {% endcall %}
# {% endcall %}
