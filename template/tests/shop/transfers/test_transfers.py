# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Transfers over HTTP: credit moves whole, or not at all."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from tests.factories import create_user
from tests.statements import counted_statements

NOBODY = 2**62


def transfer_data(sender: int, receiver: int, **fields: Any) -> dict[str, Any]:
    return {"from_user_id": sender, "to_user_id": receiver, "amount": "1.00"} | fields


async def create_pair(client: AsyncClient, *credit: str) -> tuple[int, int]:
    """Store two users with this much credit and return their keys."""
    sender, receiver = [await create_user(client, store_credit=amount) for amount in credit]
    return sender["id"], receiver["id"]


async def credit_of(client: AsyncClient, *ids: int) -> list[str]:
    found = [await client.get(f"/users/{key}") for key in ids]
    return [answer.json()["store_credit"] for answer in found]


async def test_a_new_transfer_is_found_where_location_says(client: AsyncClient) -> None:
    sender, receiver = await create_pair(client, "10.00", "0.50")
    data = transfer_data(sender, receiver, amount="2.25")

    response = await client.post("/transfers", json=data)
    found = await client.get(response.headers["Location"])

    created = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/transfers/{created['id']}"
    assert found.json() == created
    assert created == data | {
        "id": created["id"],
        "created_at": created["created_at"],
        "updated_at": created["updated_at"],
    }


async def test_a_transfer_takes_from_one_what_it_gives_to_the_other(client: AsyncClient) -> None:
    first, second = await create_pair(client, "10.00", "0.50")

    await client.post("/transfers", json=transfer_data(first, second, amount="2.25"))
    there = await credit_of(client, first, second)
    await client.post("/transfers", json=transfer_data(second, first, amount="2.00"))
    back = await credit_of(client, first, second)

    assert there == ["7.75", "2.75"]
    assert back == ["9.75", "0.75"]


async def test_all_credit_may_go(client: AsyncClient) -> None:
    sender, receiver = await create_pair(client, "10.00", "0.00")

    response = await client.post(
        "/transfers",
        json=transfer_data(sender, receiver, amount="10.00"),
    )

    assert response.status_code == 201
    assert await credit_of(client, sender, receiver) == ["0.00", "10.00"]


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
async def test_credit_that_cannot_move_is_409_and_stays(
    client: AsyncClient,
    credit: tuple[str, str],
    amount: str,
    detail: str,
) -> None:
    pair = await create_pair(client, *credit)

    response = await client.post("/transfers", json=transfer_data(*pair, amount=amount))

    assert response.status_code == 409
    assert response.json()["detail"] == detail.format(*pair)
    assert await credit_of(client, *pair) == list(credit)


@pytest.mark.parametrize("place", [0, 1])
async def test_a_user_who_is_not_active_is_409(client: AsyncClient, place: int) -> None:
    pair = await create_pair(client, "10.00", "10.00")
    await client.patch(f"/users/{pair[place]}", json={"is_active": False})

    response = await client.post("/transfers", json=transfer_data(*pair))

    assert response.status_code == 409
    assert response.json()["detail"] == f"User {pair[place]} is not active."
    assert await credit_of(client, *pair) == ["10.00", "10.00"]


@pytest.mark.parametrize("place", [0, 1])
async def test_a_deleted_user_is_404(client: AsyncClient, place: int) -> None:
    pair = await create_pair(client, "10.00", "10.00")
    await client.delete(f"/users/{pair[place]}")

    response = await client.post("/transfers", json=transfer_data(*pair))

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {pair[place]} does not exist."
    assert await credit_of(client, pair[1 - place]) == ["10.00"]


@pytest.mark.parametrize("field", ["from_user_id", "to_user_id"])
async def test_an_unknown_user_is_404(client: AsyncClient, field: str) -> None:
    pair = await create_pair(client, "10.00", "10.00")

    response = await client.post("/transfers", json=transfer_data(*pair, **{field: NOBODY}))

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {NOBODY} does not exist."
    assert await credit_of(client, *pair) == ["10.00", "10.00"]


async def test_a_transfer_to_the_same_user_is_422(client: AsyncClient) -> None:
    user = await create_user(client, store_credit="10.00")

    response = await client.post("/transfers", json=transfer_data(user["id"], user["id"]))

    assert response.status_code == 422
    assert "not to the same one" in response.json()["detail"]
    assert await credit_of(client, user["id"]) == ["10.00"]


async def test_an_unknown_transfer_is_404_and_says_which(client: AsyncClient) -> None:
    response = await client.get(f"/transfers/{NOBODY}")

    assert response.status_code == 404
    assert response.json()["detail"] == f"Transfer {NOBODY} does not exist."


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
        ("to_user_id", "somebody"),
        ("note", "for lunch"),
    ],
    ids=repr,
)
async def test_a_field_against_its_rule_is_422_and_named(
    client: AsyncClient,
    field: str,
    value: object,
) -> None:
    response = await client.post("/transfers", json=transfer_data(1, 2, **{field: value}))

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("field", ["from_user_id", "to_user_id", "amount"])
async def test_a_field_that_is_missing_is_422_and_named(client: AsyncClient, field: str) -> None:
    data = transfer_data(1, 2)
    del data[field]

    response = await client.post("/transfers", json=data)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


async def test_a_transfer_costs_four_statements_and_one_to_read(
    app: FastAPI,
    client: AsyncClient,
) -> None:
    pair = await create_pair(client, "10.00", "10.00")

    with counted_statements(app) as writing:
        response = await client.post("/transfers", json=transfer_data(*pair))
    with counted_statements(app) as reading:
        await client.get(response.headers["Location"])

    assert len(writing) == 4, "\n".join(writing)
    assert len(reading) == 1, "\n".join(reading)
# {% endcall %}
