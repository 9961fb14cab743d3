# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A new password: by the current one only, and it ends what the old one had let in."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.passwords import Passwords
from app.models import UserCredential, UserSession
from tests.auth.hashing import Counting
from tests.auth.letters import Letters
from tests.auth.people import ANOTHER_PASSWORD, PASSWORD, add_person, signed_in
from tests.auth.signing_in import proved_by
from tests.auth.swapping import swapped
from tests.auth.user_sessions import add_session
from tests.staff import api_key

PATH = "/auth/password"


def change(**fields: Any) -> dict[str, Any]:
    return {"current_password": PASSWORD, "new_password": ANOTHER_PASSWORD} | fields


async def password_hash(session: AsyncSession, person: dict[str, Any]) -> str:
    account = await session.get_one(UserCredential, person["id"], populate_existing=True)
    return account.password_hash


async def test_the_current_password_lets_one_set_a_new_one(
    app: FastAPI,
    letters: Letters,
    session: AsyncSession,
) -> None:
    person = await add_person(session)

    async with signed_in(app, session, person["id"]) as ada:
        response = await ada.post(PATH, json=change())

    stored = await password_hash(session, person)
    matches = await app.state.passwords.verify(ANOTHER_PASSWORD, stored)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert matches
    assert letters.subjects(person["email"]) == ["your password was changed"]


async def test_a_wrong_current_password_changes_nothing(
    app: FastAPI,
    letters: Letters,
    hashes: Counting,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    before = await password_hash(session, person)

    async with signed_in(app, session, person["id"]) as ada:
        response = await ada.post(PATH, json=change(current_password="a wrong one"))

    after = await password_hash(session, person)
    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "current_password"]
    assert (after, len(hashes.seen), letters.sent) == (before, 1, [])


@pytest.mark.parametrize("missing", ["current_password", "new_password"])
async def test_both_passwords_are_needed(
    app: FastAPI,
    session: AsyncSession,
    missing: str,
) -> None:
    person = await add_person(session)
    data = change()
    del data[missing]

    async with signed_in(app, session, person["id"]) as ada:
        response = await ada.post(PATH, json=data)

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", missing]


async def test_a_new_password_that_is_easy_to_guess_is_refused(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    person = await add_person(session, username="bartholomew")

    async with signed_in(app, session, person["id"]) as ada:
        response = await ada.post(PATH, json=change(new_password="bartholomew 1815"))

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "new_password"]


async def test_all_sign_ins_end_a_new_one_begins_and_machines_go_on(
    app: FastAPI,
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    other = await add_person(session)
    own = await add_session(session, app, person["id"])
    proofs = [
        own,
        await add_session(session, app, person["id"]),
        await add_session(session, app, other["id"]),
        {"X-API-Key": "a machine's"},
    ]
    session.add(api_key(person["id"], "a machine's"))
    await session.commit()

    response = await nobody.post(PATH, json=change(), headers=own)
    nobody.cookies.clear()
    proofs.append(proved_by(response))
    answers = [await nobody.get("/auth/me", headers=proof) for proof in proofs]

    assert [answer.status_code for answer in answers] == [401, 401, 200, 200, 200]


async def test_the_new_sign_in_is_that_of_the_same_client_and_changes_things(
    app: FastAPI,
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    own = await add_session(session, app, person["id"])

    response = await nobody.post(PATH, json=change(), headers=own)
    nobody.cookies.clear()
    proof = proved_by(response)
    found = await nobody.get("/auth/sessions", headers=proof)
    changed = await nobody.patch("/auth/me", json={"bio": "New"}, headers=proof)

    assert [item["client"] for item in found.json()["items"]] == ["tests"]
    assert changed.status_code == 200


async def test_a_sign_in_that_ended_meanwhile_begins_no_other_one(
    app: FastAPI,
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    before = await password_hash(session, person)

    class Ended(Passwords):
        """While it hashes, the owner ends the sign-in from elsewhere."""

        async def hash(self, password: str) -> str:
            async with app.state.sessions.begin() as elsewhere:
                ended = delete(UserSession).where(UserSession.user_id == person["id"])
                await elsewhere.execute(ended)
            return await super().hash(password)

    headers = await add_session(session, app, person["id"])
    with swapped(app, passwords=Ended(app.state.settings)):
        response = await nobody.post(PATH, json=change(), headers=headers)

    after = await password_hash(session, person)
    assert response.status_code == 401
    assert after == before


async def test_tokens_in_the_mailbox_are_void_after_a_change(
    app: FastAPI,
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    await nobody.post("/auth/password/forgot", json={"email": person["email"]})
    data = {"token": letters.token(person["email"]), "password": PASSWORD}

    async with signed_in(app, session, person["id"]) as ada:
        await ada.post(PATH, json=change())
    response = await nobody.post("/auth/password/reset", json=data)

    assert response.status_code == 422


async def test_a_change_does_not_undo_one_that_came_between(
    app: FastAPI,
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)

    class Overtaken(Passwords):
        """While it hashes, somebody else sets a password."""

        async def hash(self, password: str) -> str:
            async with app.state.sessions.begin() as faster:
                account = await faster.get_one(UserCredential, person["id"])
                account.password_hash = "the owner's"
            return await super().hash(password)

    headers = await add_session(session, app, person["id"])
    with swapped(app, passwords=Overtaken(app.state.settings)):
        response = await nobody.post(PATH, json=change(), headers=headers)

    stored = await password_hash(session, person)
    assert response.status_code == 409
    assert stored == "the owner's"
# {% endcall %}
