"""Sessions for services that open their own: short ones, and none while a password is hashed.

Routes that strangers may call use these. Elsewhere `SessionDep` is right.
"""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import Depends, Request

from app.database.session import SessionFactory, session_slot, turn


async def visitor_slot(request: Request) -> AsyncGenerator[None]:
    """Leave half of the sessions to others, however many wait for a password to be hashed."""
    async with turn(request.app.state.passwords.visitors, request.app.state.settings):
        yield


async def get_session_factory(
    request: Request,
    _visitor: Annotated[None, Depends(visitor_slot, scope="function")],
    _slot: Annotated[None, Depends(session_slot, scope="function")],
) -> SessionFactory:
    """Return what opens sessions. A crowd waits for its turn here, and takes no threads."""
    # They commit more than once. Where the connection is lost, nobody knows what was stored.
    request.state.commit_sent = True
    sessions: SessionFactory = request.app.state.sessions
    return sessions


SessionFactoryDep = Annotated[SessionFactory, Depends(get_session_factory)]
