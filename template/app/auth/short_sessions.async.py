"""Sessions for services that open their own: short ones, and none while a password is hashed.

Routes that strangers may call use these. Elsewhere `SessionDep` is right.
"""

from typing import Annotated

from fastapi import Depends, Request

from app.database.session import SessionFactory


async def get_session_factory(request: Request) -> SessionFactory:
    """Return what opens sessions."""
    # They commit more than once. Where the connection is lost, nobody knows what was stored.
    request.state.commit_sent = True
    sessions: SessionFactory = request.app.state.sessions
    return sessions


SessionFactoryDep = Annotated[SessionFactory, Depends(get_session_factory)]
