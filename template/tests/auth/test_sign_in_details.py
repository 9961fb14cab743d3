# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Signing in while something else happens, and what login takes as a body."""

import json
from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.passwords import Passwords
from app.main import create_app
from app.models import User, UserCredential, UserSession
from app.models.base import utc_now
from tests.auth.hashing import Counting
from tests.auth.people import PASSWORD, add_person, anonymous
from tests.auth.signing_in import LOGIN, proof
from tests.auth.swapping import swapped
from tests.auth.user_sessions import add_session
from tests.live import LiveService


async def sign_ins_of(session: AsyncSession, user_id: int) -> set[int]:
    """Return the keys of a user's sign-ins."""
    found = await session.scalars(select(UserSession.id).where(UserSession.user_id == user_id))
    return set(found)


async def test_no_connection_is_held_while_a_password_is_hashed(live: LiveService) -> None:
    # The same database, but an app of its own: nothing works beside its requests.
    app = create_app(live.app.state.settings.model_copy(update={"password_rounds": 2}))
    async with app.state.sessions() as session:
        person = await add_person(session)
    counting = Counting(app.state.passwords.hasher, app.state.engine.pool.checkedout)
    app.state.passwords.hasher = counting

    async with anonymous(app) as nobody:
        response = await nobody.post(LOGIN, json=proof(person["email"]))
    await app.state.engine.dispose()

    assert response.status_code == 200
    # Once to compare, and once because the parameters are others by now.
    assert counting.seen == [0, 0]


@pytest.mark.parametrize(
    "change",
    [
        update(UserCredential).values(password_hash="the next password's"),
        update(User).values(is_active=False),
    ],
    ids=["password", "user"],
)
async def test_nobody_signs_in_by_what_ended_meanwhile(
    app: FastAPI,
    session: AsyncSession,
    nobody: AsyncClient,
    change: Update,
) -> None:
    person = await add_person(session)

    class Overtaken(Passwords):
        """While it compares, somebody ends what the password was good for."""

        async def verify(self, password: str, password_hash: str | None) -> bool:
            async with app.state.sessions.begin() as faster:
                await faster.execute(change)
            return await super().verify(password, password_hash)

    with swapped(app, passwords=Overtaken(app.state.settings)):
        response = await nobody.post(LOGIN, json=proof(person["email"]))
    left = await sign_ins_of(session, person["id"])

    assert response.status_code == 401
    assert left == set()


async def test_sign_ins_that_ended_are_deleted_at_the_next_one(
    app: FastAPI,
    session: AsyncSession,
    nobody: AsyncClient,
) -> None:
    person, other = [await add_person(session) for _ in range(2)]
    for user_id in (person["id"], other["id"], person["id"]):
        await add_session(session, app, user_id)
    stored = await sign_ins_of(session, person["id"])
    old, still_open = sorted(stored)
    (others,) = await sign_ins_of(session, other["id"])
    expired = update(UserSession).where(UserSession.id.in_([old, others]))
    await session.execute(expired.values(expires_at=utc_now() - timedelta(seconds=1)))
    await session.commit()

    await nobody.post(LOGIN, json=proof(person["email"]))
    own = await sign_ins_of(session, person["id"])
    foreign = await sign_ins_of(session, other["id"])

    assert (len(own), old in own, still_open in own) == (2, False, True)
    assert foreign == {others}


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""],
)
async def test_login_takes_nothing_that_another_site_could_send(
    nobody: AsyncClient,
    session: AsyncSession,
    kind: str,
) -> None:
    person = await add_person(session)
    body = json.dumps(proof(person["email"]))

    response = await nobody.post(LOGIN, content=body, headers={"Content-Type": kind})
    taken = await nobody.post(
        LOGIN,
        content=body,
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code == 422
    assert "Set-Cookie" not in response.headers
    assert taken.status_code == 200


async def test_login_takes_no_form(nobody: AsyncClient, session: AsyncSession) -> None:
    person = await add_person(session)

    response = await nobody.post(LOGIN, data=proof(person["email"]))

    assert response.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "nobody@example.com"},
        {"email": "no address", "password": PASSWORD},
        {"email": "nobody@example.com", "password": ""},
        {"email": "nobody@example.com", "password": "\udcff"},
        {"email": "\ud800@example.com", "password": PASSWORD},
        {"email": ["nobody@example.com"], "password": PASSWORD},
        {"email": "nobody@example.com", "password": "long" * 1000},
        {"email": "nobody@example.com", "password": PASSWORD, "role": "staff"},
    ],
)
async def test_a_body_that_is_no_login_costs_no_hash(
    nobody: AsyncClient,
    hashes: Counting,
    body: dict[str, object],
) -> None:
    # The client's own JSON has no lone surrogates.
    kind = {"Content-Type": "application/json"}
    response = await nobody.post(LOGIN, content=json.dumps(body), headers=kind)

    assert response.status_code == 422
    assert hashes.seen == []


async def test_a_client_is_shown_by_what_it_calls_itself(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    headers = {"User-Agent": "A browser\t" + "x" * 500}

    response = await nobody.post(LOGIN, json=proof(person["email"]), headers=headers)
    statement = select(UserSession.client).where(UserSession.user_id == person["id"])
    client = await session.scalar(statement)

    assert response.status_code == 200
    assert client == ("A browser" + "x" * 500)[:200]
# {% endcall %}
