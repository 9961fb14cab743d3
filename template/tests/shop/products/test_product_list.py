# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""List of products: pages, order, filters and search."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.shop.factories import create_category, create_product

PRICES = ("10.00", "20.00", "30.00")


async def test_page_reports_total_and_neighbours(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    created = [await create_product(staff_client, category_id=category["id"]) for _ in range(5)]
    query = {"category_id": category["id"], "sort": "created_at", "page_size": 2, "page": 2}

    response = await client.get("/products", params=query)

    assert response.status_code == 200
    assert response.json() == {
        "items": created[2:4],
        "total": 5,
        "page": 2,
        "page_size": 2,
        "pages": 3,
        "has_next": True,
        "has_previous": True,
    }


async def test_page_beyond_the_last_is_empty(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    await create_product(staff_client, category_id=category["id"])
    query = {"category_id": category["id"], "page": 1_000_000_000, "page_size": 100}

    response = await client.get("/products", params=query)

    assert response.status_code == 200
    assert response.json() == {
        "items": [],
        "total": 1,
        "page": 1_000_000_000,
        "page_size": 100,
        "pages": 1,
        "has_next": False,
        "has_previous": True,
    }


async def test_list_without_matches_has_no_pages(client: AsyncClient) -> None:
    response = await client.get("/products", params={"search": "nothing is called so"})

    assert response.json() == {
        "items": [],
        "total": 0,
        "page": 1,
        "page_size": 20,
        "pages": 0,
        "has_next": False,
        "has_previous": False,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "-1"),
        ("page", "1000000001"),
        ("page", "two"),
        ("page_size", "0"),
        ("page_size", "101"),
        ("page_size", "-1"),
        ("sort", "id"),
        ("sort", "--name"),
        ("is_active", "perhaps"),
        ("min_price", "-1"),
        ("max_price", "cheap"),
        ("search", ""),
        ("search", "s" * 101),
        ("tag", "On sale"),
        ("include_subcategories", "perhaps"),
        ("category_id", "0"),
        ("pagesize", "10"),
        ("colour", "red"),
    ],
)
async def test_invalid_query_parameter_is_422_and_named(
    client: AsyncClient,
    name: str,
    value: str,
) -> None:
    response = await client.get("/products", params={name: value})

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["query", name]]


@pytest.mark.parametrize("page_size", [1, 100])
async def test_smallest_and_largest_page_size_are_accepted(
    client: AsyncClient,
    page_size: int,
) -> None:
    response = await client.get("/products", params={"page_size": page_size})

    assert response.status_code == 200
    assert response.json()["page_size"] == page_size


@pytest.mark.parametrize("sort", ["name", "-name", "price", "-price"])
async def test_pages_of_equal_products_list_each_once(
    client: AsyncClient,
    staff_client: AsyncClient,
    sort: str,
) -> None:
    category = await create_category(staff_client)
    for _ in range(5):
        await create_product(staff_client, name="Lamp", category_id=category["id"])

    seen: list[int] = []
    for page in (1, 2, 3):
        query = {"category_id": category["id"], "sort": sort, "page": page, "page_size": 2}
        response = await client.get("/products", params=query)
        seen.extend(item["id"] for item in response.json()["items"])

    assert seen == sorted(set(seen))
    assert len(seen) == 5


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["Bed", "Chair", "Desk"]),
        ("-name", ["Desk", "Chair", "Bed"]),
        ("price", ["Desk", "Bed", "Chair"]),
        ("-price", ["Chair", "Bed", "Desk"]),
        ("created_at", ["Chair", "Bed", "Desk"]),
        ("-created_at", ["Desk", "Bed", "Chair"]),
    ],
)
async def test_products_are_sorted_by_the_requested_field(
    client: AsyncClient,
    staff_client: AsyncClient,
    sort: str,
    names: list[str],
) -> None:
    category = await create_category(staff_client)
    for name, price in (("Chair", "100.00"), ("Bed", "20.00"), ("Desk", "3.00")):
        await create_product(staff_client, name=name, price=price, category_id=category["id"])
    query = {"category_id": category["id"], "sort": sort}

    response = await client.get("/products", params=query)

    assert [item["name"] for item in response.json()["items"]] == names


@pytest.mark.parametrize(("asked", "is_active"), [("true", True), ("false", False)])
async def test_products_are_filtered_by_is_active(
    client: AsyncClient,
    staff_client: AsyncClient,
    *,
    asked: str,
    is_active: bool,
) -> None:
    category = await create_category(staff_client)
    await create_product(staff_client, is_active=True, category_id=category["id"])
    await create_product(staff_client, is_active=False, category_id=category["id"])
    query = {"category_id": category["id"], "is_active": asked}

    response = await client.get("/products", params=query)

    assert [item["is_active"] for item in response.json()["items"]] == [is_active]


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("lamp", ["Desk lamp", "Floor Lamp"]),
        ("LAMP", ["Desk lamp", "Floor Lamp"]),
        ("k l", ["Desk lamp"]),
        ("chr-9", ["Chair"]),
        ("warm light", ["Floor Lamp"]),
        ("100%", ["Sale"]),
        ("%", ["Sale"]),
        ("_", ["snake_case"]),
        ("\\", ["back\\slash"]),
        ("/", []),
        ("' OR 1=1 --", []),
    ],
)
async def test_search_matches_name_sku_and_description(
    client: AsyncClient,
    staff_client: AsyncClient,
    search: str,
    names: list[str],
) -> None:
    category = await create_category(staff_client)
    inside = {"category_id": category["id"]}
    await create_product(staff_client, name="Desk lamp", **inside)
    await create_product(staff_client, name="Floor Lamp", description="Its warm LIGHT", **inside)
    await create_product(staff_client, name="Chair", sku="CHR-9", **inside)
    await create_product(staff_client, name="Sale", description="100% off", **inside)
    await create_product(staff_client, name="snake_case", **inside)
    await create_product(staff_client, name="back\\slash", **inside)

    response = await client.get("/products", params={"search": search, "sort": "name", **inside})

    assert sorted(item["name"] for item in response.json()["items"]) == names


async def test_filters_can_be_combined(client: AsyncClient, staff_client: AsyncClient) -> None:
    category = await create_category(staff_client)
    inside = {"category_id": category["id"]}
    wanted = await create_product(staff_client, name="Lamp", price="20.00", **inside)
    await create_product(staff_client, name="Lamp", price="20.00")
    await create_product(staff_client, name="Lamp", price="40.00", **inside)
    await create_product(staff_client, name="Lamp", price="20.00", is_active=False, **inside)
    await create_product(staff_client, name="Chair", price="20.00", **inside)
    query = {"search": "lamp", "max_price": "30", "is_active": "true", **inside}

    response = await client.get("/products", params=query)

    assert response.json()["items"] == [wanted]


@pytest.mark.parametrize(
    ("limits", "prices"),
    [
        ({"min_price": "20"}, ["20.00", "30.00"]),
        ({"max_price": "20"}, ["10.00", "20.00"]),
        ({"min_price": "10.01", "max_price": "29.99"}, ["20.00"]),
        ({"min_price": "20", "max_price": "20"}, ["20.00"]),
        ({"min_price": "0"}, ["10.00", "20.00", "30.00"]),
    ],
)
async def test_products_are_filtered_by_price_range(
    client: AsyncClient,
    staff_client: AsyncClient,
    limits: dict[str, str],
    prices: list[str],
) -> None:
    category = await create_category(staff_client)
    for price in PRICES:
        await create_product(staff_client, price=price, category_id=category["id"])
    query: dict[str, Any] = {"category_id": category["id"], "sort": "price"} | limits

    response = await client.get("/products", params=query)

    assert [item["price"] for item in response.json()["items"]] == prices


async def test_min_price_above_max_price_is_422(client: AsyncClient) -> None:
    query = {"min_price": "30", "max_price": "29.99"}

    response = await client.get("/products", params=query)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["query", "max_price"]]
# {% endcall %}
