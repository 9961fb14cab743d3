# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Tags over HTTP: what a client can do with one, and what is refused."""

import pytest
from httpx2 import AsyncClient

from tests.factories import create_tag, tag_data

NOBODY = 2**62


async def test_a_new_tag_is_found_where_location_says(client: AsyncClient) -> None:
    data = tag_data()

    response = await client.post("/tags", json=data)
    found = await client.get(response.headers["Location"])

    created = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/tags/{created['id']}"
    assert created.items() >= data.items()
    assert found.json() == created


@pytest.mark.parametrize("field", ["name", "slug"])
async def test_a_name_or_slug_that_is_taken_is_409_and_says_which(
    client: AsyncClient,
    field: str,
) -> None:
    first = await create_tag(client)
    second = await create_tag(client)

    created = await client.post("/tags", json=tag_data(**{field: first[field]}))
    changed = await client.patch(f"/tags/{second['id']}", json={field: first[field]})

    for response in (created, changed):
        assert response.status_code == 409
        assert response.json()["detail"] == f"Another one with the same {field} exists already."


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_an_unknown_tag_is_404_and_says_which(client: AsyncClient, method: str) -> None:
    body = None if method in {"GET", "DELETE"} else tag_data()

    response = await client.request(method, f"/tags/{NOBODY}", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Tag {NOBODY} does not exist."


async def test_a_tag_is_found_by_its_slug(client: AsyncClient) -> None:
    created = await create_tag(client)

    response = await client.get(f"/tags/slug/{created['slug']}")

    assert response.status_code == 200
    assert response.json() == created


async def test_an_unknown_slug_is_404_and_says_which(client: AsyncClient) -> None:
    response = await client.get("/tags/slug/nothing-here")

    assert response.status_code == 404
    assert response.json()["detail"] == "Tag nothing-here does not exist."


async def test_put_replaces_and_patch_changes_what_it_names(client: AsyncClient) -> None:
    tag = await create_tag(client)
    path = f"/tags/{tag['id']}"
    data = tag_data()

    replaced = await client.put(path, json=data)
    changed = await client.patch(path, json={"name": "New"})
    found = await client.get(path)

    assert (replaced.status_code, changed.status_code) == (200, 200)
    assert replaced.json().items() >= data.items()
    assert found.json().items() >= (data | {"name": "New"}).items()
    assert found.json()["created_at"] == tag["created_at"]
    assert found.json()["updated_at"] > tag["updated_at"]


async def test_a_deleted_tag_is_gone(client: AsyncClient) -> None:
    tag = await create_tag(client)
    path = f"/tags/{tag['id']}"

    response = await client.delete(path)
    again = await client.delete(path)
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
async def test_a_field_against_its_rule_is_422_and_named(
    client: AsyncClient,
    field: str,
    value: object,
) -> None:
    created = await client.post("/tags", json=tag_data(**{field: value}))
    changed = await client.patch("/tags/1", json={field: value})

    for response in (created, changed):
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]
# {% endcall %}
