# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Transfers over HTTP: credit moves whole, or not at all."""

from decimal import Decimal
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from app.errors import Conflict, Invalid
from app.models import User
from app.shop.transfers.service import MAX_CREDIT, move_credit, require_two_users
from tests.factories import create_user
from tests.query_counter import count_queries

UNKNOWN_ID = 2**62


def user_row(key: int, credit: str, *, is_active: bool = True) -> User:
    return User(id=key, store_credit=Decimal(credit), is_active=is_active)


@pytest.mark.parametrize("amount", ["0.01", "5.00", "10.00"])
def test_transfer_keeps_the_sum_of_credit(amount: str) -> None:
    sender, receiver = user_row(1, "10.00"), user_row(2, "0.10")

    move_credit(sender, receiver, Decimal(amount))

    assert receiver.store_credit == Decimal("0.10") + Decimal(amount)
    assert sender.store_credit + receiver.store_credit == Decimal("10.10")


@pytest.mark.parametrize(
    ("sender", "receiver", "message"),
    [
        (user_row(1, "4.99"), user_row(2, "0"), "User 1 does not have 5.00 of store credit."),
        (user_row(1, "9.00", is_active=False), user_row(2, "0"), "User 1 is not active."),
        (user_row(1, "9.00"), user_row(2, "0", is_active=False), "User 2 is not active."),
        (user_row(1, "9.00"), user_row(2, f"{MAX_CREDIT - 4}"), "User 2 cannot have more than"),
    ],
    ids=["too little", "sender not active", "receiver not active", "too much"],
)
def test_rejected_transfer_keeps_credit(sender: User, receiver: User, message: str) -> None:
    before = (sender.store_credit, receiver.store_credit)

    with pytest.raises(Conflict, match=message):
        move_credit(sender, receiver, Decimal("5.00"))

    assert (sender.store_credit, receiver.store_credit) == before


def test_sender_and_receiver_must_differ() -> None:
    require_two_users(1, 2)

    with pytest.raises(Invalid):
        require_two_users(1, 1)


def transfer_data(sender: int, receiver: int, **fields: Any) -> dict[str, Any]:
    return {"from_user_id": sender, "to_user_id": receiver, "amount": "1.00"} | fields


async def create_pair(client: AsyncClient, *credit: str) -> tuple[int, int]:
    """Store two users with these credits; return their ids."""
    sender, receiver = [await create_user(client, store_credit=amount) for amount in credit]
    return sender["id"], receiver["id"]


async def credit_of(client: AsyncClient, *ids: int) -> list[str]:
    found = [await client.get(f"/users/{key}") for key in ids]
    return [answer.json()["store_credit"] for answer in found]


async def test_created_transfer_is_found_at_its_location(staff_client: AsyncClient) -> None:
    sender, receiver = await create_pair(staff_client, "10.00", "0.50")
    data = transfer_data(sender, receiver, amount="2.25")

    response = await staff_client.post("/transfers", json=data)
    found = await staff_client.get(response.headers["Location"])

    created = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/transfers/{created['id']}"
    assert found.json() == created
    assert created == data | {
        "id": created["id"],
        "created_at": created["created_at"],
        "updated_at": created["updated_at"],
    }


async def test_transfer_moves_credit_from_sender_to_receiver(staff_client: AsyncClient) -> None:
    first, second = await create_pair(staff_client, "10.00", "0.50")

    await staff_client.post("/transfers", json=transfer_data(first, second, amount="2.25"))
    there = await credit_of(staff_client, first, second)
    await staff_client.post("/transfers", json=transfer_data(second, first, amount="2.00"))
    back = await credit_of(staff_client, first, second)

    assert there == ["7.75", "2.75"]
    assert back == ["9.75", "0.75"]


async def test_whole_credit_can_be_transferred(staff_client: AsyncClient) -> None:
    sender, receiver = await create_pair(staff_client, "10.00", "0.00")

    response = await staff_client.post(
        "/transfers",
        json=transfer_data(sender, receiver, amount="10.00"),
    )

    assert response.status_code == 201
    assert await credit_of(staff_client, sender, receiver) == ["0.00", "10.00"]


@pytest.mark.parametrize(
    ("credit", "amount", "detail"),
    [
        (("9.99", "0.00"), "10.00", "User {0} does not have 10.00 of store credit."),
        (
            ("1.00", "9999999999.99"),
            "0.01",
            "User {1} cannot have more than 9999999999.99 of store credit.",
        ),
    ],
)
async def test_insufficient_or_excessive_credit_is_409_and_kept(
    staff_client: AsyncClient,
    credit: tuple[str, str],
    amount: str,
    detail: str,
) -> None:
    pair = await create_pair(staff_client, *credit)

    response = await staff_client.post("/transfers", json=transfer_data(*pair, amount=amount))

    assert response.status_code == 409
    assert response.json()["detail"] == detail.format(*pair)
    assert await credit_of(staff_client, *pair) == list(credit)


@pytest.mark.parametrize("place", [0, 1])
async def test_transfer_with_an_inactive_user_is_409(staff_client: AsyncClient, place: int) -> None:
    pair = await create_pair(staff_client, "10.00", "10.00")
    await staff_client.patch(f"/users/{pair[place]}", json={"is_active": False})

    response = await staff_client.post("/transfers", json=transfer_data(*pair))

    assert response.status_code == 409
    assert response.json()["detail"] == f"User {pair[place]} is not active."
    assert await credit_of(staff_client, *pair) == ["10.00", "10.00"]


@pytest.mark.parametrize("place", [0, 1])
async def test_transfer_with_a_deleted_user_is_404(staff_client: AsyncClient, place: int) -> None:
    pair = await create_pair(staff_client, "10.00", "10.00")
    await staff_client.delete(f"/users/{pair[place]}")

    response = await staff_client.post("/transfers", json=transfer_data(*pair))

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {pair[place]} does not exist."
    assert await credit_of(staff_client, pair[1 - place]) == ["10.00"]


@pytest.mark.parametrize("field", ["from_user_id", "to_user_id"])
async def test_transfer_with_an_unknown_user_is_404(staff_client: AsyncClient, field: str) -> None:
    pair = await create_pair(staff_client, "10.00", "10.00")

    response = await staff_client.post(
        "/transfers",
        json=transfer_data(*pair, **{field: UNKNOWN_ID}),
    )

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {UNKNOWN_ID} does not exist."
    assert await credit_of(staff_client, *pair) == ["10.00", "10.00"]


async def test_transfer_to_the_same_user_is_422(staff_client: AsyncClient) -> None:
    user = await create_user(staff_client, store_credit="10.00")

    response = await staff_client.post("/transfers", json=transfer_data(user["id"], user["id"]))

    assert response.status_code == 422
    assert "not to the same one" in response.json()["detail"]
    assert await credit_of(staff_client, user["id"]) == ["10.00"]


async def test_unknown_transfer_is_404_and_named(staff_client: AsyncClient) -> None:
    response = await staff_client.get(f"/transfers/{UNKNOWN_ID}")

    assert response.status_code == 404
    assert response.json()["detail"] == f"Transfer {UNKNOWN_ID} does not exist."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "0"),
        ("amount", "0.00"),
        ("amount", "-1.00"),
        ("amount", "0.001"),
        ("amount", "10000000000.00"),
        ("amount", None),
        ("from_user_id", 0),
        ("to_user_id", 2**63),
        ("to_user_id", "ada"),
        ("note", "for lunch"),
    ],
    ids=repr,
)
async def test_invalid_field_is_422_and_named(
    staff_client: AsyncClient,
    field: str,
    value: object,
) -> None:
    response = await staff_client.post("/transfers", json=transfer_data(1, 2, **{field: value}))

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("field", ["from_user_id", "to_user_id", "amount"])
async def test_missing_field_is_422_and_named(staff_client: AsyncClient, field: str) -> None:
    data = transfer_data(1, 2)
    del data[field]

    response = await staff_client.post("/transfers", json=data)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


async def test_transfer_costs_four_statements_and_one_to_read(
    app: FastAPI,
    staff_client: AsyncClient,
) -> None:
    pair = await create_pair(staff_client, "10.00", "10.00")

    with count_queries(app) as writing:
        response = await staff_client.post("/transfers", json=transfer_data(*pair))
    with count_queries(app) as reading:
        await staff_client.get(response.headers["Location"])

    assert len(writing) == 4, "\n".join(writing)
    assert len(reading) == 1, "\n".join(reading)
# {% endcall %}
