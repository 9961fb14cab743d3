# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Access to transfers: sender, receiver and staff only."""

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.users import add_user, member_client
from tests.credentials import member_headers
from tests.shop.factories import UNKNOWN_ID, add_customer


def transfer_data(sender: int, receiver: int) -> dict[str, Any]:
    return {"from_user_id": sender, "to_user_id": receiver, "amount": "1.00"}


async def add_users(session: AsyncSession) -> tuple[int, int]:
    """Store two users with credit; return their ids."""
    sender = await add_customer(session, store_credit=10)
    receiver = await add_customer(session, store_credit=10)
    return sender, receiver


async def test_member_transfers_own_credit(app: FastAPI, session: AsyncSession) -> None:
    sender = await add_user(session, store_credit=10)
    receiver = await add_user(session)
    async with member_client(app, session, sender["id"]) as client:
        data = transfer_data(sender["id"], receiver["id"])
        response = await client.post("/transfers", json=data)

    assert response.status_code == 201


async def test_member_cannot_transfer_credit_of_another_user(
    staff_client: AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sender, receiver = await add_users(session)

    data = transfer_data(sender, receiver)
    with caplog.at_level(logging.INFO, "app.auth"):
        response = await staff_client.post(
            "/transfers",
            json=data,
            headers=member_headers(receiver),
        )
    found = await staff_client.get(f"/users/{sender}")

    assert response.status_code == 403
    assert response.json()["detail"] == "This requires the scope orders:manage."
    assert found.json()["store_credit"] == "10.00"
    assert f"authz_fail: user {receiver}, without orders:manage" in caplog.messages


async def test_forbidden_transfer_does_not_reveal_whether_a_user_exists(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    other_member = await add_customer(session)

    data = transfer_data(UNKNOWN_ID, other_member)
    response = await staff_client.post(
        "/transfers",
        json=data,
        headers=member_headers(other_member),
    )

    assert response.status_code == 403


async def test_staff_can_transfer_credit_of_users(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    sender, receiver = await add_users(session)

    response = await staff_client.post("/transfers", json=transfer_data(sender, receiver))

    assert response.status_code == 201


async def test_transfer_is_visible_to_its_users_and_staff_only(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    sender, receiver = await add_users(session)
    other_member = await add_customer(session)
    created = await staff_client.post("/transfers", json=transfer_data(sender, receiver))
    path = created.headers["Location"]

    by_sender = await staff_client.get(path, headers=member_headers(sender))
    by_receiver = await staff_client.get(path, headers=member_headers(receiver))
    by_staff = await staff_client.get(path)
    by_other_member = await staff_client.get(path, headers=member_headers(other_member))

    assert by_sender.json() == by_receiver.json() == by_staff.json() == created.json()
    assert by_other_member.status_code == 404
    assert by_other_member.json()["detail"] == f"Transfer {created.json()['id']} does not exist."
# {% endcall %}
