# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A resource built from shared modules only: schemas, pages, sorting, preconditions."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter, FastAPI, Query, Response
from httpx2 import AsyncClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Settings
from app.dependencies import SessionDep
from app.errors import NotFound
from app.main import create_app
from app.models.base import Identified, Timestamped, Versioned
from app.pagination import Columns, Page, PageQuery, ordering, paginate
from app.preconditions import IfMatch, etag, require_version
from app.schemas import (
    BulkIds,
    Description,
    Email,
    Id,
    Name,
    PartialUpdate,
    ReadModel,
    References,
    RequestBody,
    Search,
    Username,
)
from tests.databases import TempTable, temp_tables


class Shelf(Identified, Timestamped, Versioned, TempTable):
    """A row that clients list and change."""

    __tablename__ = "listed_shelves"

    name: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str | None]


class ShelfCreate(RequestBody):
    """New shelf."""

    name: Name
    note: Description | None = None


class ShelfUpdate(PartialUpdate):
    """Change of some fields of a shelf."""

    name: Name = ""
    note: Description | None = None


class ShelfRead(ReadModel):
    """Shelf."""

    name: str
    note: str | None


class ShelfQuery(PageQuery):
    """Filters and order of a list of shelves."""

    search: Search | None = None
    sort: Literal["name", "-name"] = "name"


class Labels(RequestBody):
    """Labels to print for some shelves."""

    shelf_ids: References
    printed_by: Username
    send_to: Email


COLUMNS: Columns = {"name": Shelf.name}
router = APIRouter(prefix="/listed-shelves")


@router.get("", response_model=Page[ShelfRead])
async def list_shelves(
    session: SessionDep,
    query: Annotated[ShelfQuery, Query()],
) -> Page[Shelf]:
    statement = select(Shelf)
    if query.search is not None:
        statement = statement.where(Shelf.name.icontains(query.search, autoescape=True))
    statement = statement.order_by(ordering(query.sort, COLUMNS), Shelf.id)
    return await paginate(session, statement, query)


@router.post("", response_model=ShelfRead, status_code=201)
async def create_shelf(data: ShelfCreate, session: SessionDep) -> Shelf:
    shelf = Shelf(**data.columns())
    session.add(shelf)
    await session.flush()
    return shelf


@router.patch("/{shelf_id}", response_model=ShelfRead)
async def update_shelf(
    shelf_id: Id,
    data: ShelfUpdate,
    session: SessionDep,
    response: Response,
    if_match: IfMatch = None,
) -> Shelf:
    shelf = await session.get(Shelf, shelf_id)
    if shelf is None:
        raise NotFound(f"Shelf {shelf_id} does not exist.")
    require_version(shelf.version, if_match)
    for name, value in data.columns().items():
        setattr(shelf, name, value)
    await session.flush()
    response.headers["ETag"] = etag(shelf.version)
    return shelf


@router.delete("", status_code=204)
async def delete_shelves(session: SessionDep, query: Annotated[BulkIds, Query()]) -> None:
    await session.execute(delete(Shelf).where(Shelf.id.in_(query.id)))


@router.post("/labels")
def print_labels(data: Labels) -> Labels:
    return data


@pytest.fixture
async def app(settings: Settings) -> AsyncGenerator[FastAPI]:
    app = create_app(settings)
    app.include_router(router)
    with temp_tables(settings, Shelf):
        yield app
        await app.state.engine.dispose()


async def create(client: AsyncClient, *names: str) -> list[int]:
    """Create shelves and return their keys."""
    created: list[int] = []
    for name in names:
        response = await client.post("/listed-shelves", json={"name": name})
        created.append(response.json()["id"])
    return created


async def test_a_list_has_pages_filters_and_an_order(client: AsyncClient) -> None:
    await create(client, "Oak", "Pine", "Old oak")

    query = "search=oak&sort=-name&page_size=1"
    response = await client.get(f"/listed-shelves?{query}")

    page: dict[str, Any] = response.json()
    assert [item["name"] for item in page["items"]] == ["Old oak"]
    assert (page["total"], page["pages"], page["has_next"]) == (2, 2, True)


@pytest.mark.parametrize("query", ["sort=note", "page=0", "page_size=101", "serach=oak"])
async def test_a_wrong_parameter_of_a_list_is_422(client: AsyncClient, query: str) -> None:
    response = await client.get(f"/listed-shelves?{query}")

    assert response.status_code == 422


@pytest.mark.parametrize("data", [{"name": "  "}, {"name": "A", "color": "red"}, {"name": "a\0"}])
async def test_a_body_against_its_schema_is_422(client: AsyncClient, data: dict[str, str]) -> None:
    response = await client.post("/listed-shelves", json=data)

    assert response.status_code == 422


async def test_an_update_writes_the_fields_it_names_only(client: AsyncClient) -> None:
    keys = await create(client, "Oak")
    path = f"/listed-shelves/{keys[0]}"
    await client.patch(path, json={"note": "wide"})

    response = await client.patch(path, json={"name": "Ash"})

    assert (response.json()["name"], response.json()["note"]) == ("Ash", "wide")


async def test_an_update_of_an_old_version_is_refused(client: AsyncClient) -> None:
    keys = await create(client, "Oak")
    path = f"/listed-shelves/{keys[0]}"
    first = await client.patch(path, json={"note": "wide"})

    old = await client.patch(path, json={"note": "tall"}, headers={"If-Match": '"1"'})
    current = {"If-Match": first.headers["ETag"]}
    new = await client.patch(path, json={"note": "tall"}, headers=current)

    assert (first.headers["ETag"], old.status_code, new.status_code) == ('"2"', 412, 200)


async def test_many_rows_are_deleted_by_their_keys(client: AsyncClient) -> None:
    first, second, third = await create(client, "Oak", "Pine", "Ash")

    deleted = await client.delete(f"/listed-shelves?id={first}&id={second}")
    rest = await client.get("/listed-shelves")

    assert deleted.status_code == 204
    assert [item["id"] for item in rest.json()["items"]] == [third]


async def test_references_names_and_addresses_are_validated(client: AsyncClient) -> None:
    labels = {"shelf_ids": [1, 2], "printed_by": "Ada", "send_to": "ADA@example.com"}
    sent = await client.post("/listed-shelves/labels", json=labels)
    twice = await client.post("/listed-shelves/labels", json=labels | {"shelf_ids": [1, 1]})

    assert sent.json() == labels | {"printed_by": "ada", "send_to": "ada@example.com"}
    assert twice.status_code == 422
# {% endcall %}
