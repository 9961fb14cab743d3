# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A request whose connection is cut is run again, unless its changes are possibly stored."""

from collections.abc import Generator

import pytest
from fastapi import APIRouter, Request
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.database.migration import build_migration_engine
from app.dependencies import SessionDep
from tests.database.disturbances import disturb
from tests.database.notes import build_notes_app, notes
from tests.databases import migrated_database
from tests.live import LiveService, serve

router = APIRouter(prefix="/cut")
attempts: list[str] = []


@router.post("/before/{text}")
async def write_after_a_cut(text: str, request: Request, session: SessionDep) -> None:
    await session.execute(insert(notes).values(text=text))
    attempts.append(text)
    if len(attempts) == 1:
        disturb(request.app.state.settings)
    await session.execute(select(notes))


@router.get("/commit/{text}")
@router.post("/commit/{text}")
async def write_and_lose_the_commit(text: str, request: Request, session: SessionDep) -> None:
    # What a route notes that knows what it has done under a key.
    request.state.repeatable = "Idempotency-Key" in request.headers
    await session.execute(insert(notes).values(text=text))
    attempts.append(text)

    def cut(_session: Session) -> None:
        disturb(request.app.state.settings)

    if len(attempts) == 1:
        event.listen(session.sync_session, "before_commit", cut)
# {% endcall %}


@pytest.fixture(scope="module")
def service() -> Generator[LiveService]:
    with migrated_database() as settings:
        app = build_notes_app(settings)
        app.include_router(router)
        with serve(app) as live:
            yield live


@pytest.fixture(autouse=True)
def _no_attempts() -> None:
    attempts.clear()


def count_stored(settings: Settings, text: str) -> int:
    with build_migration_engine(settings).begin() as connection:
        return len(connection.execute(select(notes).where(notes.c.text == text)).all())


def test_a_request_is_run_again_whose_connection_is_cut_before_its_commit(
    service: LiveService,
) -> None:
    response = service.client.post("/cut/before/first")

    assert response.status_code == 200
    assert len(attempts) == 2
    assert count_stored(service.app.state.settings, "first") == 1


def test_a_change_whose_commit_is_lost_is_503_and_not_run_again(service: LiveService) -> None:
    response = service.client.post("/cut/commit/second")

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert len(attempts) == 1


def test_a_change_whose_commit_is_lost_is_run_again_where_its_key_is_honoured(
    service: LiveService,
) -> None:
    response = service.client.post("/cut/commit/third", headers={"Idempotency-Key": "third"})

    assert response.status_code == 200
    assert len(attempts) == 2
    assert count_stored(service.app.state.settings, "third") == 1


def test_a_safe_request_whose_commit_is_lost_is_run_again(service: LiveService) -> None:
    response = service.client.get("/cut/commit/fourth")

    assert response.status_code == 200
    assert len(attempts) == 2
