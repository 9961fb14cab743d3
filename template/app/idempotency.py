# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Idempotency-Key: a client can retry a request, and it is executed once.

The response is stored in the transaction of the change and replayed for a retry. A request that
failed has stored nothing, so a retry executes it. A key belongs to the user who sends it; clients
must choose long random ones.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response

from app.config import Settings
from app.database.errors import constraint_violation
from app.database.migration import build_migration_engine
from app.dependencies import SessionDep
from app.errors import Conflict, Invalid
from app.models import IdempotencyRecord
from app.models.base import utc_now

JSON = "application/json"
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$"),
]


class Idempotency:
    """Dependency of a route that executes once per key: begin it, then finish it."""

    def __init__(self, session: SessionDep, request: Request, key: Key = None) -> None:
        self.session = session
        self.request = request
        self.key = key
        self.record: IdempotencyRecord | None = None

    async def begin(self, data: BaseModel) -> Response | None:
        """Response of an earlier request with this key; None for a new request or without a key.

        Simultaneous requests wait here until the first one has committed. Raises Invalid if the
        key belongs to another request.
        """
        if self.key is None:
            return None
        # The retry middleware relies on this after a commit with an unknown outcome.
        self.request.state.repeatable = True
        # {% if auth == "none" %}
        key = _hash(self.key)
        # {% else %}
        # The same key of another user is another key.
        key = _hash(f"{self.session.info['actor']} {self.key}")
        # {% endif %}
        record = IdempotencyRecord(key=key, fingerprint=self._fingerprint(data))
        try:
            async with self.session.begin_nested():
                self.session.add(record)
        except DBAPIError as error:
            if constraint_violation(error) is None:
                raise
            return await self._replay(record.key, record.fingerprint)
        self.record = record
        return None

    def finish(self, content: BaseModel, location: str) -> Response:
        """Response for a new resource, stored for retries."""
        body = content.model_dump_json()
        if self.record is not None:
            self.record.location = location
            self.record.body = body
        return _created(body, location)

    async def _replay(self, key: str, fingerprint: str) -> Response:
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
    """SHA-256 of a text: distinct also where the database compares `a` and `A` as equal."""
    return sha256(text.encode()).hexdigest()


def _created(body: str, location: str) -> Response:
    headers = {"Location": location}
    return Response(body, HTTPStatus.CREATED, headers=headers, media_type=JSON)


IdempotencyDep = Annotated[Idempotency, Depends()]


def delete_old_records(settings: Settings) -> int:
    """Delete records older than IDEMPOTENCY_DAYS and return their number.

    Over a connection without a statement timeout: there can be very many.
    """
    oldest = utc_now() - timedelta(days=settings.idempotency_days)
    statement = delete(IdempotencyRecord).where(IdempotencyRecord.created_at < oldest)
    with build_migration_engine(settings).begin() as connection:
        return connection.execute(statement).rowcount
# {% endcall %}
