# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Sign-ins over HTTP: where one is signed in, for people only."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from app.auth.access import CurrentUser
from app.auth.user_sessions.dependencies import UserSessions
from app.auth.user_sessions.schemas import SessionRead
from app.pagination import Page, PageQuery
from app.schemas import Id

router = APIRouter(prefix="/auth/sessions", tags=["auth"])


@router.get("")
async def list_sessions(
    actor: CurrentUser,
    service: UserSessions,
    query: Annotated[PageQuery, Query()],
) -> Page[SessionRead]:
    """List where you are signed in, the latest sign-in first."""
    return await service.page(actor, query)


@router.delete("", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_other_sessions(actor: CurrentUser, service: UserSessions) -> None:
    """Sign out everywhere else, at once."""
    await service.end_others(actor)


@router.delete("/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_session(session_id: Id, actor: CurrentUser, service: UserSessions) -> None:
    """Sign out from one device, at once."""
    await service.end(actor, session_id)
# {% endcall %}
