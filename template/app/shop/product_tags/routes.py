# {% from "extensions/route_guards.jinja" import route_guards %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call route_guards(auth) %}
"""Routes of tags. Paths with a word come before `/{id}`, which would match them too."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from app.models import Tag
from app.pagination import Page
from app.schemas import Id
from app.shop.access import catalog_staff
from app.shop.product_tags.schemas import TagCreate, TagQuery, TagRead, TagUpdate
from app.shop.product_tags.service import TagService

router = APIRouter(prefix="/tags", tags=["tags"])

Tags = Annotated[TagService, Depends()]


@router.get("", response_model=Page[TagRead])
async def list_tags(service: Tags, query: Annotated[TagQuery, Query()]) -> Page[Tag]:
    """List tags."""
    return await service.page(query)


@router.post(
    "",
    response_model=TagRead,
    status_code=status.HTTP_201_CREATED,
    dependencies=[catalog_staff],
)
async def create_tag(data: TagCreate, service: Tags, response: Response) -> Tag:
    """Create a tag."""
    tag = await service.create(data)
    response.headers["Location"] = f"/tags/{tag.id}"
    return tag


@router.get("/slug/{slug}", response_model=TagRead)
async def read_tag_by_slug(slug: str, service: Tags) -> Tag:
    """Show a tag by its slug."""
    return await service.by_slug(slug)


@router.get("/{tag_id}", response_model=TagRead)
async def read_tag(tag_id: Id, service: Tags) -> Tag:
    """Show a tag."""
    return await service.get(tag_id)


@router.put("/{tag_id}", response_model=TagRead, dependencies=[catalog_staff])
async def replace_tag(tag_id: Id, data: TagCreate, service: Tags) -> Tag:
    """Replace all fields of a tag."""
    return await service.change(tag_id, data)


@router.patch("/{tag_id}", response_model=TagRead, dependencies=[catalog_staff])
async def update_tag(tag_id: Id, data: TagUpdate, service: Tags) -> Tag:
    """Change some fields of a tag."""
    return await service.change(tag_id, data)


@router.delete("/{tag_id}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[catalog_staff])
async def delete_tag(tag_id: Id, service: Tags) -> None:
    """Delete a tag, and remove it from its products."""
    await service.delete(tag_id)
# {% endcall %}
# {% endcall %}
