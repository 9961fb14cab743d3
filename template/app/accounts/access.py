# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Who may call a route: `CurrentUser` for whoever is signed in, `require(scope)` for more.

A route is public only where neither is asked for, and tests/accounts/test_default_deny.py lists
those.
"""

from typing import Annotated, Any

from fastapi import Depends, Request, Security

from app.accounts.api_keys import ApiKeyHeader, find_machine
from app.accounts.credentials import Credential, Proof, find_person
from app.accounts.events import Event, note
# {% if example == "shop" %}
from app.accounts.ownership import show_own
# {% endif %}
from app.accounts.scopes import Actor, Scope
from app.dependencies import SessionDep
from app.errors import Forbidden, Unauthorized


async def authenticate(
    request: Request,
    session: SessionDep,
    api_key: Annotated[str | None, Security(ApiKeyHeader)],
    proof: Annotated[Proof | None, Security(Credential)],
) -> Actor:
    """Return who sends this request. Raises Unauthorized.

    What proves it is looked up in a short transaction of its own, which ends before the request's
    begins: that a key was used is true even where the request fails.
    """
    if api_key is not None:
        actor = await find_machine(request.app.state.sessions, api_key)
    elif proof is not None:
        actor = await find_person(request, proof)
    else:
        raise Unauthorized
    # Whatever is done through this session is done by this actor.
    session.info["actor"] = f"{actor}"
    # {% if example == "shop" %}
    show_own(session.info, actor)
    # {% endif %}
    return actor


CurrentUser = Annotated[Actor, Depends(authenticate)]


async def only_people(actor: CurrentUser) -> Actor:
    """Return who is signed in. Raises Forbidden for a machine, whatever its scopes."""
    if actor.sign_in_id is None:
        note(Event.ACCESS_REFUSED, f"{actor}, by an API key")
        raise Forbidden("An API key cannot do this. Sign in instead.")
    return actor


# For what a person does with the own account.
SignedIn = Annotated[Actor, Depends(only_people)]


def require(*scopes: Scope) -> Any:
    """Return what a route or a router depends on to let in only who has one of these scopes."""

    def check(actor: CurrentUser) -> Actor:
        if actor.scopes.isdisjoint(scopes):
            needed = " or ".join(scopes)
            note(Event.ACCESS_REFUSED, f"{actor}, without {needed}")
            raise Forbidden(f"This needs the scope {needed}.")
        return actor

    return Depends(check)
# {% endcall %}
