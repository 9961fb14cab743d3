"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends, Request

from app.accounts.registration.service import RegistrationService
from app.accounts.short_sessions import ShortSessions


def get_registration_service(request: Request, sessions: ShortSessions) -> RegistrationService:
    """Put the service together."""
    state = request.app.state
    return RegistrationService(state.settings, sessions, state.passwords)


Registrations = Annotated[RegistrationService, Depends(get_registration_service)]
