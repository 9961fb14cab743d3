# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Ask again without harm: a request that names an Idempotency-Key is done once.

Its answer is stored in the transaction of the change, and given again to whoever repeats the
request. A request that failed has stored nothing; repeated, it is done anew. A key belongs to
whoever sends it, so clients must choose long random ones.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from hashlib import sha256
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response

from app.database.violations import constraint_violation
from app.dependencies import SessionDep
from app.errors import Conflict, Invalid
from app.models import IdempotencyRecord

JSON = "application/json"
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$"),
]


class Idempotency:
    """What a route needs to be done once: claim the key first, store the answer last."""

    def __init__(self, session: SessionDep, request: Request, key: Key = None) -> None:
        self.session = session
        self.request = request
        self.key = key
        self.claimed: IdempotencyRecord | None = None

    async def claim(self, data: BaseModel) -> Response | None:
        """Return the answer that this request got before; None where it is new, or has no key.

        Whoever comes at the same time waits here until the first one has committed. Raises
        Invalid where the key belongs to another request.
        """
        if self.key is None:
            return None
        # The retry after a commit that may have succeeded relies on this.
        self.request.state.repeatable = True
        # {% if auth == "none" %}
        claimed = IdempotencyRecord(key=_hash(self.key), fingerprint=self._fingerprint(data))
        # {% else %}
        # From somebody else the same key is another one.
        key = _hash(f"{self.session.info['actor']} {self.key}")
        claimed = IdempotencyRecord(key=key, fingerprint=self._fingerprint(data))
        # {% endif %}
        try:
            async with self.session.begin_nested():
                self.session.add(claimed)
        except DBAPIError as error:
            if constraint_violation(error) is None:
                raise
            return await self._stored(claimed.key, claimed.fingerprint)
        self.claimed = claimed
        return None

    def answer(self, content: BaseModel, location: str) -> Response:
        """Return the response for something new, and keep it for those who ask again."""
        body = content.model_dump_json()
        if self.claimed is not None:
            self.claimed.location = location
            self.claimed.body = body
        return _created(body, location)

    async def _stored(self, key: str, fingerprint: str) -> Response:
        stored = await self.session.get(IdempotencyRecord, key)
        if stored is None or stored.body is None or stored.location is None:
            raise Conflict("This Idempotency-Key was in use a moment ago; please try again.")
        if stored.fingerprint != fingerprint:
            raise Invalid("This Idempotency-Key was used for another request.")
        response = _created(stored.body, stored.location)
        response.headers["Idempotency-Replayed"] = "true"
        return response

    def _fingerprint(self, data: BaseModel) -> str:
        return _hash(f"{self.request.method} {self.request.url.path} {data.model_dump_json()}")


def _hash(text: str) -> str:
    """Return what stands for a text, also where the database takes `a` and `A` for the same."""
    return sha256(text.encode()).hexdigest()


def _created(body: str, location: str) -> Response:
    headers = {"Location": location}
    return Response(body, HTTPStatus.CREATED, headers=headers, media_type=JSON)


IdempotencyDep = Annotated[Idempotency, Depends()]
# {% endcall %}
