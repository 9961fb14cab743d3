"""Sessions for services that open their own: short ones, and none while a password is hashed.

Routes that strangers may call use these. Elsewhere `SessionDep` is right.
"""

from typing import Annotated

from fastapi import Depends, Request

from app.database.session import SessionFactory, session_slot


async def get_short_sessions(
    request: Request,
    _slot: Annotated[None, Depends(session_slot, scope="function")],
) -> SessionFactory:
    """Return what opens sessions. A crowd waits for its turn here, and takes no threads."""
    sessions: SessionFactory = request.app.state.sessions
    return sessions


ShortSessions = Annotated[SessionFactory, Depends(get_short_sessions)]
