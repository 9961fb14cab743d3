"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends, Request

from app.auth.user_sessions.service import UserSessionService
from app.dependencies import SessionDep


def get_session_service(request: Request, session: SessionDep) -> UserSessionService:
    """Put the service together."""
    return UserSessionService(request.app.state.settings, session)


UserSessions = Annotated[UserSessionService, Depends(get_session_service)]
