"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends, Request

from app.auth.registration.service import RegistrationService
from app.auth.short_sessions import SessionFactoryDep


def get_registration_service(request: Request, sessions: SessionFactoryDep) -> RegistrationService:
    """Put the service together."""
    state = request.app.state
    return RegistrationService(state.settings, sessions, state.passwords)


Registrations = Annotated[RegistrationService, Depends(get_registration_service)]
