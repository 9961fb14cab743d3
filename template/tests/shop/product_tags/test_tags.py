# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Tags over HTTP: create, read, update, delete and list."""

import pytest
from httpx2 import AsyncClient

from tests.shop.factories import create_tag, tag_data

UNKNOWN_ID = 2**62


async def test_created_tag_is_found_at_its_location(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    data = tag_data()

    response = await staff_client.post("/tags", json=data)
    found = await client.get(response.headers["Location"])

    created = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/tags/{created['id']}"
    assert created.items() >= data.items()
    assert found.json() == created


@pytest.mark.parametrize("field", ["name", "slug"])
async def test_taken_name_or_slug_is_409_and_named(
    staff_client: AsyncClient,
    field: str,
) -> None:
    first = await create_tag(staff_client)
    second = await create_tag(staff_client)

    created = await staff_client.post("/tags", json=tag_data(**{field: first[field]}))
    changed = await staff_client.patch(f"/tags/{second['id']}", json={field: first[field]})

    for response in (created, changed):
        assert response.status_code == 409
        assert response.json()["detail"] == f"Another one with the same {field} exists already."


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_unknown_tag_is_404_and_named(staff_client: AsyncClient, method: str) -> None:
    body = None if method in {"GET", "DELETE"} else tag_data()

    response = await staff_client.request(method, f"/tags/{UNKNOWN_ID}", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Tag {UNKNOWN_ID} does not exist."


async def test_tag_is_found_by_slug(client: AsyncClient, staff_client: AsyncClient) -> None:
    created = await create_tag(staff_client)

    response = await client.get(f"/tags/slug/{created['slug']}")

    assert response.status_code == 200
    assert response.json() == created


async def test_unknown_slug_is_404_and_named(client: AsyncClient) -> None:
    response = await client.get("/tags/slug/nothing-here")

    assert response.status_code == 404
    assert response.json()["detail"] == "Tag nothing-here does not exist."


async def test_put_replaces_and_patch_changes_given_fields(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    tag = await create_tag(staff_client)
    path = f"/tags/{tag['id']}"
    data = tag_data()

    replaced = await staff_client.put(path, json=data)
    changed = await staff_client.patch(path, json={"name": "New"})
    found = await client.get(path)

    assert (replaced.status_code, changed.status_code) == (200, 200)
    assert replaced.json().items() >= data.items()
    assert found.json().items() >= (data | {"name": "New"}).items()
    assert found.json()["created_at"] == tag["created_at"]
    assert found.json()["updated_at"] > tag["updated_at"]


async def test_deleted_tag_is_404(client: AsyncClient, staff_client: AsyncClient) -> None:
    tag = await create_tag(staff_client)
    path = f"/tags/{tag['id']}"

    response = await staff_client.delete(path)
    again = await staff_client.delete(path)
    found = await client.get(path)

    assert (response.status_code, response.content) == (204, b"")
    assert (again.status_code, found.status_code) == (404, 404)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "n" * 101),
        ("name", None),
        ("slug", "On sale"),
        ("slug", "s" * 201),
        ("colour", "red"),
    ],
    ids=lambda value: repr(value)[:20],
)
async def test_invalid_field_is_422_and_named(
    staff_client: AsyncClient,
    field: str,
    value: object,
) -> None:
    created = await staff_client.post("/tags", json=tag_data(**{field: value}))
    changed = await staff_client.patch("/tags/1", json={field: value})

    for response in (created, changed):
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


async def create_tags(client: AsyncClient) -> None:
    for name in ("Zeta sale", "Zeta new", "Zeta last"):
        await create_tag(client, name=name)


@pytest.mark.parametrize(
    ("search", "names"),
    [("zeta n", ["Zeta new"]), ("ZETA S", ["Zeta sale"]), ("zeta%", [])],
)
async def test_search_matches_part_of_a_name_in_any_case(
    client: AsyncClient,
    staff_client: AsyncClient,
    search: str,
    names: list[str],
) -> None:
    await create_tags(staff_client)

    response = await client.get("/tags", params={"search": search})

    assert [tag["name"] for tag in response.json()["items"]] == names


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["Zeta last", "Zeta new", "Zeta sale"]),
        ("-name", ["Zeta sale", "Zeta new", "Zeta last"]),
        ("created_at", ["Zeta sale", "Zeta new", "Zeta last"]),
        ("-created_at", ["Zeta last", "Zeta new", "Zeta sale"]),
    ],
)
async def test_tags_are_sorted_by_the_requested_field(
    client: AsyncClient,
    staff_client: AsyncClient,
    sort: str,
    names: list[str],
) -> None:
    await create_tags(staff_client)

    response = await client.get("/tags", params={"search": "zeta", "sort": sort})

    assert [tag["name"] for tag in response.json()["items"]] == names


async def test_tags_are_paginated(client: AsyncClient, staff_client: AsyncClient) -> None:
    await create_tags(staff_client)

    response = await client.get("/tags", params={"search": "zeta", "page": 2, "page_size": 2})

    assert [tag["name"] for tag in response.json()["items"]] == ["Zeta sale"]
    assert (response.json()["total"], response.json()["pages"]) == (3, 2)


@pytest.mark.parametrize(("name", "value"), [("sort", "slug"), ("search", ""), ("colour", "red")])
async def test_invalid_query_parameter_is_422_and_named(
    client: AsyncClient,
    name: str,
    value: str,
) -> None:
    response = await client.get("/tags", params={name: value})

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["query", name]]
# {% endcall %}
