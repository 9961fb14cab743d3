# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Lists of categories, and of the products in one."""

import pytest
from httpx2 import AsyncClient

from tests.factories import create_category, create_product


async def test_the_list_takes_only_what_is_inside_one_category(client: AsyncClient) -> None:
    parent = await create_category(client)
    inside = await create_category(client, parent_id=parent["id"])

    response = await client.get("/categories", params={"parent_id": parent["id"]})

    assert response.json()["items"] == [inside]
    assert response.json()["total"] == 1


@pytest.mark.parametrize("search", ["desk", "DESK", "k la"])
async def test_a_search_finds_part_of_a_name_in_any_case(client: AsyncClient, search: str) -> None:
    parent = await create_category(client)
    found = await create_category(client, name="Desk lamps", parent_id=parent["id"])
    await create_category(client, name="Chairs", parent_id=parent["id"])
    query = {"search": search, "parent_id": parent["id"]}

    response = await client.get("/categories", params=query)

    assert response.json()["items"] == [found]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["Beds", "Chairs", "Desks"]),
        ("-name", ["Desks", "Chairs", "Beds"]),
        ("created_at", ["Chairs", "Beds", "Desks"]),
        ("-created_at", ["Desks", "Beds", "Chairs"]),
    ],
)
async def test_the_list_is_sorted_as_asked(
    client: AsyncClient,
    sort: str,
    names: list[str],
) -> None:
    parent = await create_category(client)
    for name in ("Chairs", "Beds", "Desks"):
        await create_category(client, name=name, parent_id=parent["id"])
    query = {"sort": sort, "parent_id": parent["id"]}

    response = await client.get("/categories", params=query)

    assert [item["name"] for item in response.json()["items"]] == names


async def test_the_products_of_a_category_are_its_own(client: AsyncClient) -> None:
    category = await create_category(client)
    other = await create_category(client)
    inside = await create_product(client, category_id=category["id"])
    await create_product(client, category_id=other["id"])
    await create_product(client)

    response = await client.get(f"/categories/{category['id']}/products")

    assert response.json()["items"] == [inside]
    assert response.json()["total"] == 1


async def test_the_products_of_a_category_can_be_filtered_and_paged(client: AsyncClient) -> None:
    category = await create_category(client)
    path = f"/categories/{category['id']}/products"
    for price in ("1.00", "2.00", "3.00"):
        await create_product(client, price=price, category_id=category["id"])
    query = {"min_price": "2", "sort": "-price", "page_size": "1", "page": "2"}

    response = await client.get(path, params=query)

    assert [item["price"] for item in response.json()["items"]] == ["2.00"]
    assert response.json()["total"] == 2


async def test_the_products_of_an_unknown_category_are_404(client: AsyncClient) -> None:
    category = await create_category(client)
    nobody = category["id"] + 1000

    response = await client.get(f"/categories/{nobody}/products")

    assert response.status_code == 404
    assert response.json()["detail"] == f"Category {nobody} does not exist."


async def test_the_products_of_one_category_cannot_be_those_of_another(client: AsyncClient) -> None:
    category = await create_category(client)
    path = f"/categories/{category['id']}/products"

    response = await client.get(path, params={"category_id": 1})

    assert response.status_code == 422
# {% endcall %}
