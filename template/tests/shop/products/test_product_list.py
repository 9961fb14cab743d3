# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The list of products: filters, search, order and pages."""

import pytest
from httpx2 import AsyncClient

from tests.factories import create_category, create_product


async def test_a_page_tells_where_it_stands_in_the_whole(client: AsyncClient) -> None:
    category = await create_category(client)
    created = [await create_product(client, category_id=category["id"]) for _ in range(5)]
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


async def test_a_page_beyond_the_last_is_empty(client: AsyncClient) -> None:
    category = await create_category(client)
    await create_product(client, category_id=category["id"])
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


async def test_a_list_that_matches_nothing_has_no_pages(client: AsyncClient) -> None:
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
async def test_a_parameter_against_its_rule_is_422_and_named(
    client: AsyncClient,
    name: str,
    value: str,
) -> None:
    response = await client.get("/products", params={name: value})

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["query", name]]


@pytest.mark.parametrize("page_size", [1, 100])
async def test_a_page_may_be_as_small_and_as_large_as_this(
    client: AsyncClient,
    page_size: int,
) -> None:
    response = await client.get("/products", params={"page_size": page_size})

    assert response.status_code == 200
    assert response.json()["page_size"] == page_size


@pytest.mark.parametrize("sort", ["name", "-name", "price", "-price"])
async def test_pages_of_equal_products_show_each_once(client: AsyncClient, sort: str) -> None:
    category = await create_category(client)
    for _ in range(5):
        await create_product(client, name="Lamp", category_id=category["id"])

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
async def test_the_list_is_sorted_as_asked(
    client: AsyncClient,
    sort: str,
    names: list[str],
) -> None:
    category = await create_category(client)
    for name, price in (("Chair", "100.00"), ("Bed", "20.00"), ("Desk", "3.00")):
        await create_product(client, name=name, price=price, category_id=category["id"])
    query = {"category_id": category["id"], "sort": sort}

    response = await client.get("/products", params=query)

    assert [item["name"] for item in response.json()["items"]] == names


@pytest.mark.parametrize(("asked", "is_active"), [("true", True), ("false", False)])
async def test_the_list_takes_only_what_is_active_or_not(
    client: AsyncClient,
    *,
    asked: str,
    is_active: bool,
) -> None:
    category = await create_category(client)
    await create_product(client, is_active=True, category_id=category["id"])
    await create_product(client, is_active=False, category_id=category["id"])
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
async def test_a_search_finds_this_text_in_name_sku_or_description(
    client: AsyncClient,
    search: str,
    names: list[str],
) -> None:
    category = await create_category(client)
    inside = {"category_id": category["id"]}
    await create_product(client, name="Desk lamp", **inside)
    await create_product(client, name="Floor Lamp", description="Its warm LIGHT", **inside)
    await create_product(client, name="Chair", sku="CHR-9", **inside)
    await create_product(client, name="Sale", description="100% off", **inside)
    await create_product(client, name="snake_case", **inside)
    await create_product(client, name="back\\slash", **inside)

    response = await client.get("/products", params={"search": search, "sort": "name", **inside})

    assert sorted(item["name"] for item in response.json()["items"]) == names


async def test_filters_narrow_the_list_together(client: AsyncClient) -> None:
    category = await create_category(client)
    inside = {"category_id": category["id"]}
    wanted = await create_product(client, name="Lamp", price="20.00", **inside)
    await create_product(client, name="Lamp", price="20.00")
    await create_product(client, name="Lamp", price="40.00", **inside)
    await create_product(client, name="Lamp", price="20.00", is_active=False, **inside)
    await create_product(client, name="Chair", price="20.00", **inside)
    query = {"search": "lamp", "max_price": "30", "is_active": "true", **inside}

    response = await client.get("/products", params=query)

    assert response.json()["items"] == [wanted]
# {% endcall %}
