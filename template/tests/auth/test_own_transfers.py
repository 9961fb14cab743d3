# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Credit goes out by the will of its owner, and only the two users concerned hear of it."""

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.people import add_person, signed_in
from tests.shop.orders.shopping import UNKNOWN, add_user
from tests.staff import key_of


def transfer_data(sender: int, receiver: int) -> dict[str, Any]:
    return {"from_user_id": sender, "to_user_id": receiver, "amount": "1.00"}


async def add_users(session: AsyncSession) -> tuple[int, int]:
    """Store two users with credit and return their keys."""
    sender = await add_user(session, store_credit=10)
    receiver = await add_user(session, store_credit=10)
    return sender, receiver


async def test_users_send_their_own_credit(app: FastAPI, session: AsyncSession) -> None:
    sender = await add_person(session, store_credit=10)
    receiver = await add_person(session)
    async with signed_in(app, session, sender["id"]) as client:
        data = transfer_data(sender["id"], receiver["id"])
        response = await client.post("/transfers", json=data)

    assert response.status_code == 201


async def test_nobody_sends_the_credit_of_others(
    client: AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sender, receiver = await add_users(session)

    data = transfer_data(sender, receiver)
    with caplog.at_level(logging.INFO, "app.auth"):
        response = await client.post("/transfers", json=data, headers=key_of(receiver))
    found = await client.get(f"/users/{sender}")

    assert response.status_code == 403
    assert response.json()["detail"] == "This needs the scope orders:manage."
    assert found.json()["store_credit"] == "10.00"
    assert f"access refused: user {receiver}, without orders:manage" in caplog.messages


async def test_a_refusal_does_not_tell_whether_a_user_exists(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    stranger = await add_user(session)

    data = transfer_data(UNKNOWN, stranger)
    response = await client.post("/transfers", json=data, headers=key_of(stranger))

    assert response.status_code == 403


async def test_staff_send_for_others(client: AsyncClient, session: AsyncSession) -> None:
    sender, receiver = await add_users(session)

    response = await client.post("/transfers", json=transfer_data(sender, receiver))

    assert response.status_code == 201


async def test_a_transfer_is_read_by_both_users_and_staff_and_by_nobody_else(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    sender, receiver = await add_users(session)
    stranger = await add_user(session)
    created = await client.post("/transfers", json=transfer_data(sender, receiver))
    path = created.headers["Location"]

    by_sender = await client.get(path, headers=key_of(sender))
    by_receiver = await client.get(path, headers=key_of(receiver))
    by_staff = await client.get(path)
    by_stranger = await client.get(path, headers=key_of(stranger))

    assert by_sender.json() == by_receiver.json() == by_staff.json() == created.json()
    assert by_stranger.status_code == 404
    assert by_stranger.json()["detail"] == f"Transfer {created.json()['id']} does not exist."
# {% endcall %}
