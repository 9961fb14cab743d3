# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How a person proves who they are: by an access token in the Authorization header."""

from fastapi import Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.auth.access_tokens import REFUSAL, read_access_token
from app.auth.scopes import SCOPES, Actor
from app.auth.statements import person
from app.database.reading import read_session
from app.errors import Unauthorized

Proof = HTTPAuthorizationCredentials
Credential = HTTPBearer(scheme_name="AccessToken", bearerFormat="JWT", auto_error=False)


async def get_session_actor(request: Request, proof: Proof) -> Actor:
    """Return who is signed in. Raises Unauthorized."""
    settings = request.app.state.settings
    user_id, session_id = read_access_token(settings, proof.credentials)
    # Asked each time: after a sign-out no token of it counts, however long it would be valid.
    async with read_session(request.app.state.sessions) as session:
        rows = await session.execute(person(settings, user_id, session_id))
        found = rows.one_or_none()
    if found is None:
        raise Unauthorized(REFUSAL)
    sign_in, role = found
    return Actor(sign_in.user_id, SCOPES[role], sign_in.id)
# {% endcall %}
