"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.auth.access import CurrentUser
from app.auth.keys.service import ApiKeyService
from app.dependencies import SessionDep


def get_api_key_service(session: SessionDep, actor: CurrentUser) -> ApiKeyService:
    """Put the service together, for a person only: a key must not make further keys."""
    return ApiKeyService(session, actor)


ApiKeys = Annotated[ApiKeyService, Depends(get_api_key_service)]
