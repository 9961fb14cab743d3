"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends, Request

from app.accounts.recovery.service import RecoveryService
from app.accounts.short_sessions import ShortSessions


def get_recovery_service(request: Request, sessions: ShortSessions) -> RecoveryService:
    """Put the service together."""
    state = request.app.state
    return RecoveryService(state.settings, sessions, state.passwords)


Recoveries = Annotated[RecoveryService, Depends(get_recovery_service)]
