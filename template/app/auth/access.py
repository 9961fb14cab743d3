# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Who may call a route: `CurrentActor` for whoever is signed in, `require(scope)` for more.

A route is public only where neither is asked for, and tests/auth/test_default_deny.py lists
those.
"""

from typing import Annotated, Any

from fastapi import Depends, Request, Security

from app.auth.api_keys import ApiKeyHeader, get_api_key_actor
from app.auth.credentials import Credential, Proof, get_session_actor
from app.auth.events import SecurityEvent, log_security_event
# {% if example == "shop" %}
from app.auth.ownership import restrict_to_owner
# {% endif %}
from app.auth.scopes import Actor, Scope
from app.dependencies import SessionDep
from app.errors import Forbidden, Unauthorized


async def get_current_actor(
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
        actor = await get_api_key_actor(request.app.state.sessions, api_key)
    elif proof is not None:
        actor = await get_session_actor(request, proof)
    else:
        raise Unauthorized
    # Whatever is done through this session is done by this actor.
    session.info["actor"] = f"{actor}"
    # {% if example == "shop" %}
    restrict_to_owner(session.info, actor)
    # {% endif %}
    return actor


CurrentActor = Annotated[Actor, Depends(get_current_actor)]


async def get_current_user(actor: CurrentActor) -> Actor:
    """Return who is signed in. Raises Forbidden for a machine, whatever its scopes."""
    if actor.session_id is None:
        log_security_event(SecurityEvent.ACCESS_REFUSED, f"{actor}, by an API key")
        raise Forbidden("An API key cannot do this. Sign in instead.")
    return actor


# For what a person does with the own account.
CurrentUser = Annotated[Actor, Depends(get_current_user)]


def require(*scopes: Scope) -> Any:
    """Return what a route or a router depends on to let in only who has one of these scopes."""

    def check(actor: CurrentActor) -> Actor:
        if actor.scopes.isdisjoint(scopes):
            needed = " or ".join(scopes)
            log_security_event(SecurityEvent.ACCESS_REFUSED, f"{actor}, without {needed}")
            raise Forbidden(f"This needs the scope {needed}.")
        return actor

    return Depends(check)
# {% endcall %}
