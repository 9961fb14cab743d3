# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Idempotency-Key: a repeated request is processed once."""

from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit import AuditedSession
from app.middleware import retry
from app.models import IdempotencyRecord, Transfer
from tests.factories import user_data
from tests.live import LiveService

REPEATS = 20
numbers = count(1)


def headers(key: str = "") -> dict[str, str]:
    return {"Idempotency-Key": key or f"key-{next(numbers)}"}


async def new_transfer(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    """Body of a transfer between two existing users."""
    users: list[int] = []
    for _ in range(2):
        response = await client.post("/users", json=user_data(store_credit="10.00"))
        users.append(response.json()["id"])
    return {"from_user_id": users[0], "to_user_id": users[1], "amount": "1.00"} | fields


async def count_transfers(session: AsyncSession) -> int:
    found = await session.scalar(select(func.count()).select_from(Transfer))
    return found or 0


async def test_repeated_request_is_processed_once_and_replayed(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    body, key = await new_transfer(staff_client), headers()

    first = await staff_client.post("/transfers", json=body, headers=key)
    second = await staff_client.post("/transfers", json=body, headers=key)

    transfers = await count_transfers(session)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert transfers == 1


async def test_requests_without_a_key_are_all_processed(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    body = await new_transfer(staff_client)

    first = await staff_client.post("/transfers", json=body)
    second = await staff_client.post("/transfers", json=body)

    transfers = await count_transfers(session)
    stored = await session.scalar(select(func.count()).select_from(IdempotencyRecord))
    assert first.json()["id"] != second.json()["id"]
    assert (transfers, stored) == (2, 0)


async def test_key_of_a_different_request_is_422(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    body, key = await new_transfer(staff_client), headers()
    await staff_client.post("/transfers", json=body, headers=key)

    response = await staff_client.post("/transfers", json=body | {"amount": "2.00"}, headers=key)

    transfers = await count_transfers(session)
    assert response.status_code == 422
    assert response.json()["detail"] == "This Idempotency-Key was used for another request."
    assert transfers == 1


async def test_keys_are_case_sensitive(staff_client: AsyncClient) -> None:
    body = await new_transfer(staff_client)

    lower = await staff_client.post("/transfers", json=body, headers=headers("case-of-a-key"))
    upper = await staff_client.post("/transfers", json=body, headers=headers("CASE-OF-A-KEY"))

    assert (lower.status_code, upper.status_code) == (201, 201)
    assert lower.json()["id"] != upper.json()["id"]


def always_lost(_error: Exception) -> str:
    return "lost"


async def test_retry_replays_a_response_lost_after_commit(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = await new_transfer(staff_client)
    monkeypatch.setattr(retry, "transient_failure", always_lost)
    # Only for the sessions of this test: other services commit at the same time.
    failures = [ConnectionError("after the commit")]
    app.state.sessions.configure(info={"failures": failures})

    def lose(session: AuditedSession) -> None:
        if session.info.get("failures") and not session.in_nested_transaction():
            raise failures.pop()

    event.listen(AuditedSession, "after_commit", lose)
    response = await staff_client.post("/transfers", json=body, headers=headers())
    event.remove(AuditedSession, "after_commit", lose)

    transfers = await count_transfers(session)
    assert response.status_code == 201
    assert response.headers["Idempotency-Replayed"] == "true"
    assert transfers == 1


async def test_rejected_request_does_not_use_its_key(staff_client: AsyncClient) -> None:
    body, key = await new_transfer(staff_client), headers()
    refused = await staff_client.post("/transfers", json=body | {"amount": "99.00"}, headers=key)

    response = await staff_client.post("/transfers", json=body, headers=key)

    assert refused.status_code == 409
    assert response.status_code == 201
    assert "Idempotency-Replayed" not in response.headers


@pytest.mark.parametrize("key", ["", "two words", "x" * 256])
async def test_invalid_key_is_422_and_named(staff_client: AsyncClient, key: str) -> None:
    response = await staff_client.post("/transfers", json={}, headers={"Idempotency-Key": key})

    locations = [error["loc"] for error in response.json()["errors"]]
    assert response.status_code == 422
    assert ["header", "Idempotency-Key"] in locations


def test_concurrent_requests_with_one_key_are_processed_once(live: LiveService) -> None:
    users = [
        live.staff_client.post("/users", json=user_data(store_credit="50.00")) for _ in range(2)
    ]
    sender, receiver = (response.json()["id"] for response in users)
    body = {"from_user_id": sender, "to_user_id": receiver, "amount": "1.00"}
    key = headers("at-the-same-time")

    responses = live.at_once(
        lambda _number: live.staff_client.post("/transfers", json=body, headers=key),
        REPEATS,
    )

    assert {response.status_code for response in responses} == {201}
    assert len({response.text for response in responses}) == 1
    assert live.staff_client.get(f"/users/{sender}").json()["store_credit"] == "49.00"
# {% endcall %}
