"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends, Request

from app.auth.recovery.service import RecoveryService
from app.auth.short_sessions import SessionFactoryDep


def get_recovery_service(request: Request, sessions: SessionFactoryDep) -> RecoveryService:
    """Put the service together."""
    state = request.app.state
    return RecoveryService(state.settings, sessions, state.passwords)


Recoveries = Annotated[RecoveryService, Depends(get_recovery_service)]
