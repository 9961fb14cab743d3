# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Categories over HTTP: what a client can do with one, and what is refused."""

from datetime import datetime, timedelta

import pytest
from httpx2 import AsyncClient

from tests.factories import category_data, create_category, create_product

NOBODY = 2**62


async def test_a_new_category_is_found_where_location_says(client: AsyncClient) -> None:
    data = category_data(description="Things that glow")

    response = await client.post("/categories", json=data)
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


async def test_a_slug_belongs_to_one_category(client: AsyncClient) -> None:
    first = await create_category(client)

    response = await client.post("/categories", json=category_data(slug=first["slug"]))

    assert response.status_code == 409
    assert response.json()["detail"] == "Another one with the same slug exists already."


async def test_siblings_cannot_share_a_name(client: AsyncClient) -> None:
    parent = await create_category(client)
    await create_category(client, name="Lamps", parent_id=parent["id"])

    twin = category_data(name="Lamps", parent_id=parent["id"])
    response = await client.post("/categories", json=twin)

    assert response.status_code == 409
    assert "parent_id and name" in response.json()["detail"]


async def test_categories_in_different_places_may_share_a_name(client: AsyncClient) -> None:
    indoors = await create_category(client)
    outdoors = await create_category(client)
    await create_category(client, name="Lamps", parent_id=indoors["id"])

    namesake = category_data(name="Lamps", parent_id=outdoors["id"])
    response = await client.post("/categories", json=namesake)

    assert response.status_code == 201


async def test_a_parent_that_does_not_exist_is_409(client: AsyncClient) -> None:
    response = await client.post("/categories", json=category_data(parent_id=NOBODY))

    assert response.status_code == 409


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_an_unknown_category_is_404_and_says_which(client: AsyncClient, method: str) -> None:
    body = None if method in {"GET", "DELETE"} else category_data()

    response = await client.request(method, f"/categories/{NOBODY}", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Category {NOBODY} does not exist."


async def test_a_category_is_found_by_its_slug(client: AsyncClient) -> None:
    created = await create_category(client)

    response = await client.get(f"/categories/slug/{created['slug']}")

    assert response.status_code == 200
    assert response.json() == created


async def test_an_unknown_slug_is_404_and_says_which(client: AsyncClient) -> None:
    response = await client.get("/categories/slug/nothing-here")

    assert response.status_code == 404
    assert response.json()["detail"] == "Category nothing-here does not exist."


async def test_put_resets_what_it_leaves_out(client: AsyncClient) -> None:
    parent = await create_category(client)
    before = await create_category(client, description="Old", parent_id=parent["id"])
    data = category_data()

    response = await client.put(f"/categories/{before['id']}", json=data)
    after = await client.get(f"/categories/{before['id']}")

    assert response.status_code == 200
    assert after.json() == response.json()
    assert after.json() == before | data | {
        "description": None,
        "parent_id": None,
        "updated_at": after.json()["updated_at"],
    }


async def test_patch_changes_only_what_it_names(client: AsyncClient) -> None:
    parent = await create_category(client)
    before = await create_category(client, description="Old", parent_id=parent["id"])

    response = await client.patch(f"/categories/{before['id']}", json={"name": "New"})

    after = response.json()
    assert response.status_code == 200
    assert after == before | {"name": "New", "updated_at": after["updated_at"]}


@pytest.mark.parametrize("field", ["description", "parent_id"])
async def test_patch_with_null_empties_an_optional_field(client: AsyncClient, field: str) -> None:
    parent = await create_category(client)
    before = await create_category(client, description="Old", parent_id=parent["id"])

    await client.patch(f"/categories/{before['id']}", json={field: None})
    after = await client.get(f"/categories/{before['id']}")

    assert after.json() == before | {field: None, "updated_at": after.json()["updated_at"]}


@pytest.mark.parametrize("field", ["name", "slug"])
async def test_patch_with_null_is_refused_for_a_required_field(
    client: AsyncClient,
    field: str,
) -> None:
    category = await create_category(client)

    response = await client.patch(f"/categories/{category['id']}", json={field: None})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]


async def test_a_change_moves_updated_at_and_not_created_at(client: AsyncClient) -> None:
    before = await create_category(client)

    await client.patch(f"/categories/{before['id']}", json={"name": "New"})
    after = await client.get(f"/categories/{before['id']}")

    first = datetime.fromisoformat(before["updated_at"])
    second = datetime.fromisoformat(after.json()["updated_at"])
    assert second > first
    assert (first.utcoffset(), second.utcoffset()) == (timedelta(0), timedelta(0))
    assert after.json()["created_at"] == before["created_at"]


async def test_a_deleted_category_is_gone(client: AsyncClient) -> None:
    category = await create_category(client)
    path = f"/categories/{category['id']}"

    response = await client.delete(path)
    again = await client.delete(path)
    found = await client.get(path)

    assert (response.status_code, response.content) == (204, b"")
    assert (again.status_code, found.status_code) == (404, 404)


async def test_a_category_with_products_is_kept(client: AsyncClient) -> None:
    category = await create_category(client)
    await create_product(client, category_id=category["id"])

    response = await client.delete(f"/categories/{category['id']}")
    found = await client.get(f"/categories/{category['id']}")

    assert response.status_code == 409
    assert found.json() == category


async def test_a_category_that_holds_another_one_is_kept(client: AsyncClient) -> None:
    category = await create_category(client)
    await create_category(client, parent_id=category["id"])

    response = await client.delete(f"/categories/{category['id']}")
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
async def test_a_field_against_its_rule_is_422_and_named(
    client: AsyncClient,
    field: str,
    value: object,
) -> None:
    response = await client.post("/categories", json=category_data(**{field: value}))

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


async def test_a_name_is_stored_without_spaces_at_its_ends(client: AsyncClient) -> None:
    category = await create_category(client, name="  Floor lamps ")

    assert category["name"] == "Floor lamps"
# {% endcall %}
