# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Categories over HTTP: create, read, update, delete and list."""

from datetime import datetime, timedelta

import pytest
from httpx2 import AsyncClient

from tests.shop.factories import category_data, create_category, create_product

UNKNOWN_ID = 2**62


async def test_created_category_is_found_at_its_location(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    data = category_data(description="Things that glow")

    response = await staff_client.post("/categories", json=data)
    found = await client.get(response.headers["Location"])

    created = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/categories/{created['id']}"
    assert created == data | {
        "id": created["id"],
        "parent_id": None,
        "created_at": created["created_at"],
        "updated_at": created["updated_at"],
    }
    assert found.json() == created


async def test_taken_slug_is_409(staff_client: AsyncClient) -> None:
    first = await create_category(staff_client)

    response = await staff_client.post("/categories", json=category_data(slug=first["slug"]))

    assert response.status_code == 409
    assert response.json()["detail"] == "Another one with the same slug exists already."


async def test_sibling_categories_cannot_share_a_name(staff_client: AsyncClient) -> None:
    parent = await create_category(staff_client)
    await create_category(staff_client, name="Lamps", parent_id=parent["id"])

    twin = category_data(name="Lamps", parent_id=parent["id"])
    response = await staff_client.post("/categories", json=twin)

    assert response.status_code == 409
    assert "parent_id and name" in response.json()["detail"]


async def test_categories_with_different_parents_can_share_a_name(
    staff_client: AsyncClient,
) -> None:
    indoors = await create_category(staff_client)
    outdoors = await create_category(staff_client)
    await create_category(staff_client, name="Lamps", parent_id=indoors["id"])

    namesake = category_data(name="Lamps", parent_id=outdoors["id"])
    response = await staff_client.post("/categories", json=namesake)

    assert response.status_code == 201


async def test_unknown_parent_is_409(staff_client: AsyncClient) -> None:
    response = await staff_client.post("/categories", json=category_data(parent_id=UNKNOWN_ID))

    assert response.status_code == 409


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_unknown_category_is_404_and_named(staff_client: AsyncClient, method: str) -> None:
    body = None if method in {"GET", "DELETE"} else category_data()

    response = await staff_client.request(method, f"/categories/{UNKNOWN_ID}", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Category {UNKNOWN_ID} does not exist."


async def test_category_is_found_by_slug(client: AsyncClient, staff_client: AsyncClient) -> None:
    created = await create_category(staff_client)

    response = await client.get(f"/categories/slug/{created['slug']}")

    assert response.status_code == 200
    assert response.json() == created


async def test_unknown_slug_is_404_and_named(client: AsyncClient) -> None:
    response = await client.get("/categories/slug/nothing-here")

    assert response.status_code == 404
    assert response.json()["detail"] == "Category nothing-here does not exist."


async def test_put_resets_omitted_fields(client: AsyncClient, staff_client: AsyncClient) -> None:
    parent = await create_category(staff_client)
    before = await create_category(staff_client, description="Old", parent_id=parent["id"])
    data = category_data()

    response = await staff_client.put(f"/categories/{before['id']}", json=data)
    after = await client.get(f"/categories/{before['id']}")

    assert response.status_code == 200
    assert after.json() == response.json()
    assert after.json() == before | data | {
        "description": None,
        "parent_id": None,
        "updated_at": after.json()["updated_at"],
    }


async def test_patch_changes_only_given_fields(staff_client: AsyncClient) -> None:
    parent = await create_category(staff_client)
    before = await create_category(staff_client, description="Old", parent_id=parent["id"])

    response = await staff_client.patch(f"/categories/{before['id']}", json={"name": "New"})

    after = response.json()
    assert response.status_code == 200
    assert after == before | {"name": "New", "updated_at": after["updated_at"]}


@pytest.mark.parametrize("field", ["description", "parent_id"])
async def test_patch_with_null_clears_an_optional_field(
    client: AsyncClient,
    staff_client: AsyncClient,
    field: str,
) -> None:
    parent = await create_category(staff_client)
    before = await create_category(staff_client, description="Old", parent_id=parent["id"])

    await staff_client.patch(f"/categories/{before['id']}", json={field: None})
    after = await client.get(f"/categories/{before['id']}")

    assert after.json() == before | {field: None, "updated_at": after.json()["updated_at"]}


@pytest.mark.parametrize("field", ["name", "slug"])
async def test_patch_rejects_null_for_a_required_field(
    staff_client: AsyncClient,
    field: str,
) -> None:
    category = await create_category(staff_client)

    response = await staff_client.patch(f"/categories/{category['id']}", json={field: None})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]


async def test_update_changes_updated_at_but_not_created_at(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    before = await create_category(staff_client)

    await staff_client.patch(f"/categories/{before['id']}", json={"name": "New"})
    after = await client.get(f"/categories/{before['id']}")

    first = datetime.fromisoformat(before["updated_at"])
    second = datetime.fromisoformat(after.json()["updated_at"])
    assert second > first
    assert (first.utcoffset(), second.utcoffset()) == (timedelta(0), timedelta(0))
    assert after.json()["created_at"] == before["created_at"]


async def test_deleted_category_is_404(client: AsyncClient, staff_client: AsyncClient) -> None:
    category = await create_category(staff_client)
    path = f"/categories/{category['id']}"

    response = await staff_client.delete(path)
    again = await staff_client.delete(path)
    found = await client.get(path)

    assert (response.status_code, response.content) == (204, b"")
    assert (again.status_code, found.status_code) == (404, 404)


async def test_category_with_products_cannot_be_deleted(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    await create_product(staff_client, category_id=category["id"])

    response = await staff_client.delete(f"/categories/{category['id']}")
    found = await client.get(f"/categories/{category['id']}")

    assert response.status_code == 409
    assert found.json() == category


async def test_category_with_children_cannot_be_deleted(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    await create_category(staff_client, parent_id=category["id"])

    response = await staff_client.delete(f"/categories/{category['id']}")
    found = await client.get(f"/categories/{category['id']}")

    assert response.status_code == 409
    assert found.json() == category


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " \t "),
        ("slug", ""),
        ("slug", "Lamps"),
        ("slug", "two words"),
        ("slug", "-lamps"),
        ("slug", "lamps--two"),
        ("parent_id", 0),
        ("colour", "red"),
    ],
    ids=repr,
)
async def test_invalid_field_is_422_and_named(
    staff_client: AsyncClient,
    field: str,
    value: object,
) -> None:
    response = await staff_client.post("/categories", json=category_data(**{field: value}))

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


async def test_name_is_stripped(staff_client: AsyncClient) -> None:
    category = await create_category(staff_client, name="  Floor lamps ")

    assert category["name"] == "Floor lamps"


async def test_categories_are_filtered_by_parent(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    parent = await create_category(staff_client)
    inside = await create_category(staff_client, parent_id=parent["id"])

    response = await client.get("/categories", params={"parent_id": parent["id"]})

    assert response.json()["items"] == [inside]
    assert response.json()["total"] == 1


@pytest.mark.parametrize("search", ["desk", "DESK", "k la"])
async def test_search_matches_part_of_a_name_in_any_case(
    client: AsyncClient,
    staff_client: AsyncClient,
    search: str,
) -> None:
    parent = await create_category(staff_client)
    found = await create_category(staff_client, name="Desk lamps", parent_id=parent["id"])
    await create_category(staff_client, name="Chairs", parent_id=parent["id"])
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
async def test_categories_are_sorted_by_the_requested_field(
    client: AsyncClient,
    staff_client: AsyncClient,
    sort: str,
    names: list[str],
) -> None:
    parent = await create_category(staff_client)
    for name in ("Chairs", "Beds", "Desks"):
        await create_category(staff_client, name=name, parent_id=parent["id"])
    query = {"sort": sort, "parent_id": parent["id"]}

    response = await client.get("/categories", params=query)

    assert [item["name"] for item in response.json()["items"]] == names
# {% endcall %}
