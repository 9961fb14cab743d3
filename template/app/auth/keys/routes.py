# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""API keys over HTTP. A key is shown once, in the answer that makes it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from app.auth.keys.dependencies import ApiKeys
from app.auth.keys.schemas import ApiKeyCreate, ApiKeyCreated, ApiKeyRead
from app.models import ApiKey
from app.pagination import Page, PageQuery
from app.schemas import Id

router = APIRouter(prefix="/auth/api-keys", tags=["auth"])


@router.get("", response_model=Page[ApiKeyRead])
async def list_api_keys(service: ApiKeys, query: Annotated[PageQuery, Query()]) -> Page[ApiKey]:
    """List your API keys, the oldest first."""
    return await service.page(query)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_api_key(
    data: ApiKeyCreate,
    service: ApiKeys,
    response: Response,
) -> ApiKeyCreated:
    """Make an API key. Keep it: nobody can show it again."""
    api_key, key = await service.create(data)
    response.headers["Location"] = f"/auth/api-keys/{api_key.id}"
    response.headers["Cache-Control"] = "no-store"
    shown = ApiKeyRead.model_validate(api_key)
    return ApiKeyCreated(**shown.model_dump(), key=key)


@router.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_api_key(key_id: Id, service: ApiKeys) -> None:
    """End an API key at once."""
    await service.delete(key_id)
# {% endcall %}
