# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A table and routes that only tests have: a service that keeps notes."""

# {% if concurrency == "async" %}
import anyio
# {% else %}
import time

# {% endif %}
from fastapi import APIRouter, FastAPI
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select

from app.config import Settings
from app.database.migration import build_migration_engine
from app.dependencies import SessionDep
from app.main import create_app

SLOW_SECONDS = 1
notes = Table(
    "notes",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("text", String(50)),
)
router = APIRouter(prefix="/notes")


@router.get("")
async def count_notes(session: SessionDep) -> int:
    rows = await session.scalars(select(notes.c.id))
    return len(rows.all())


@router.get("/slow")
async def count_slowly(session: SessionDep) -> int:
    rows = await session.scalars(select(notes.c.id))
    # {% if concurrency == "async" %}
    await anyio.sleep(SLOW_SECONDS)
    # {% else %}
    time.sleep(SLOW_SECONDS)
    # {% endif %}
    return len(rows.all())


@router.post("/{text}", status_code=201)
async def write_note(text: str, session: SessionDep) -> str:
    await session.execute(insert(notes).values(text=text))
    return text


@router.post("/{text}/broken", status_code=201)
async def write_note_and_fail(text: str, session: SessionDep) -> str:
    await session.execute(insert(notes).values(text=text))
    raise RuntimeError("after the insert")


@router.post("/{text}/unreadable", status_code=201, response_model=int)
async def write_note_and_answer_badly(text: str, session: SessionDep) -> str:
    await session.execute(insert(notes).values(text=text))
    return text


def build_notes_app(settings: Settings) -> FastAPI:
    """Return the application with the table and the routes for notes."""
    with build_migration_engine(settings).begin() as connection:
        notes.metadata.create_all(connection)
    app = create_app(settings)
    app.include_router(router)
    return app


def is_stored(settings: Settings, text: str) -> bool:
    """Ask the database over a connection of its own whether it holds a note."""
    with build_migration_engine(settings).begin() as connection:
        return connection.execute(select(notes).where(notes.c.text == text)).first() is not None
# {% endcall %}
