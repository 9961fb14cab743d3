"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.dependencies import SessionDep
from app.shop.tags.repository import TagRepository
from app.shop.tags.service import TagService


def get_tag_service(session: SessionDep) -> TagService:
    """Put the service together."""
    return TagService(TagRepository(session))


Tags = Annotated[TagService, Depends(get_tag_service)]
