# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Sign-ins over HTTP: where one is signed in, for people only."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from app.accounts.access import SignedIn
from app.accounts.sign_ins.dependencies import SignIns
from app.accounts.sign_ins.schemas import SignInRead
from app.pagination import Page, PageQuery
from app.schemas import Id

router = APIRouter(prefix="/auth/sessions", tags=["accounts"])


@router.get("")
async def list_sign_ins(
    actor: SignedIn,
    service: SignIns,
    query: Annotated[PageQuery, Query()],
) -> Page[SignInRead]:
    """List where you are signed in, the latest sign-in first."""
    return await service.page(actor, query)


@router.delete("", status_code=status.HTTP_204_NO_CONTENT)
async def end_other_sign_ins(actor: SignedIn, service: SignIns) -> None:
    """Sign out everywhere else, at once."""
    await service.end_others(actor)


@router.delete("/{sign_in_id}", status_code=status.HTTP_204_NO_CONTENT)
async def end_sign_in(sign_in_id: Id, actor: SignedIn, service: SignIns) -> None:
    """Sign out from one device, at once."""
    await service.end(actor, sign_in_id)
# {% endcall %}
