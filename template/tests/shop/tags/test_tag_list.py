# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The list of tags: search, order and pages."""

import pytest
from httpx2 import AsyncClient

from tests.factories import create_tag


async def create_all(client: AsyncClient) -> None:
    for name in ("Zeta sale", "Zeta new", "Zeta last"):
        await create_tag(client, name=name)


@pytest.mark.parametrize(
    ("search", "names"),
    [("zeta n", ["Zeta new"]), ("ZETA S", ["Zeta sale"]), ("zeta%", [])],
)
async def test_a_search_finds_part_of_a_name_in_any_case(
    client: AsyncClient,
    search: str,
    names: list[str],
) -> None:
    await create_all(client)

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
async def test_the_list_is_sorted_as_asked(
    client: AsyncClient,
    sort: str,
    names: list[str],
) -> None:
    await create_all(client)

    response = await client.get("/tags", params={"search": "zeta", "sort": sort})

    assert [tag["name"] for tag in response.json()["items"]] == names


async def test_a_page_tells_where_it_stands_in_the_whole(client: AsyncClient) -> None:
    await create_all(client)

    response = await client.get("/tags", params={"search": "zeta", "page": 2, "page_size": 2})

    assert [tag["name"] for tag in response.json()["items"]] == ["Zeta sale"]
    assert (response.json()["total"], response.json()["pages"]) == (3, 2)


@pytest.mark.parametrize(("name", "value"), [("sort", "slug"), ("search", ""), ("colour", "red")])
async def test_a_parameter_against_its_rule_is_422_and_named(
    client: AsyncClient,
    name: str,
    value: str,
) -> None:
    response = await client.get("/tags", params={name: value})

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["query", name]]
# {% endcall %}
