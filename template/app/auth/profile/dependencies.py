"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends, Request

from app.auth.profile.service import ProfileService
from app.dependencies import SessionDep


def get_profile_service(request: Request, session: SessionDep) -> ProfileService:
    """Put the service together."""
    state = request.app.state
    return ProfileService(state.settings, state.sessions, state.passwords, session)


Profile = Annotated[ProfileService, Depends(get_profile_service)]
