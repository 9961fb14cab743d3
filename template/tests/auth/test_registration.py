# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Registration: the same answer to everybody; the mail tells the rest to the right person."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Role, User, UserCredential
from tests.auth.hashing import Counting
from tests.auth.letters import Letters
from tests.auth.people import PASSWORD, add_person
from tests.auth.signing_in import LOGIN, proof
from tests.factories import user_data


def registration_data(**fields: Any) -> dict[str, Any]:
    return user_data(password=PASSWORD) | fields


async def test_a_registration_waits_for_the_address_to_be_proved(
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    data = registration_data(full_name="Ada Lovelace")

    response = await nobody.post("/auth/register", json=data)
    early = await nobody.post(LOGIN, json=proof(data["email"]))

    user = await session.scalar(select(User).where(User.email == data["email"]))
    assert user is not None
    account = await session.get_one(UserCredential, user.id)
    assert (response.status_code, early.status_code) == (202, 401)
    assert (user.username, user.full_name, user.is_active) == (
        data["username"],
        "Ada Lovelace",
        True,
    )
    assert (account.role, account.email_verified_at) == (Role.MEMBER, None)
    assert letters.subjects(data["email"]) == ["please confirm your e-mail address"]


async def test_a_password_is_stored_as_argon2id_only(
    nobody: AsyncClient,
    letters: Letters,
    app: FastAPI,
    session: AsyncSession,
) -> None:
    data = registration_data()

    await nobody.post("/auth/register", json=data)

    accounts = select(UserCredential).join(User, User.id == UserCredential.user_id)
    account = await session.scalar(accounts.where(User.email == data["email"]))
    assert account is not None
    assert account.password_hash.startswith("$argon2id$")
    matches = await app.state.passwords.verify(PASSWORD, account.password_hash)
    assert matches
    assert PASSWORD not in "".join(mail.text for mail in letters.sent)


async def test_known_and_unknown_get_the_same_answer_for_the_same_work(
    nobody: AsyncClient,
    letters: Letters,
    hashes: Counting,
    session: AsyncSession,
) -> None:
    known = await add_person(session)
    unproved = await add_person(session, email_verified_at=None)
    closed = await add_person(session, is_active=False)
    attempts = {
        "unknown": registration_data(),
        "known": registration_data(email=known["email"]),
        "in capitals": registration_data(email=known["email"].upper()),
        "not proved yet": registration_data(email=unproved["email"]),
        "closed": registration_data(email=closed["email"]),
        "username taken": registration_data(username=known["username"]),
    }
    answers: dict[str, Any] = {}
    for name, data in attempts.items():
        before = len(hashes.seen)
        response = await nobody.post("/auth/register", json=data)
        answers[name] = (response.status_code, response.text, len(hashes.seen) - before)

    assert set(answers.values()) == {(202, answers["unknown"][1], 1)}
    assert len(letters.sent) == len(attempts)


async def test_who_has_an_account_is_told_so_by_mail_and_keeps_it(
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    person = await add_person(session, email_verified_at=None)
    before = await session.get_one(UserCredential, person["id"])
    hash_before = before.password_hash

    await nobody.post("/auth/register", json=registration_data(email=person["email"]))

    await session.refresh(before)
    assert letters.subjects(person["email"]) == ["you have an account already"]
    # Nobody gets a password of theirs into an account that waits for its owner.
    assert before.password_hash == hash_before


async def test_who_chose_a_taken_username_is_told_so_by_mail(
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    data = registration_data(username=person["username"].upper())

    await nobody.post("/auth/register", json=data)

    stored = await session.scalar(
        select(func.count()).select_from(User).where(User.email == data["email"]),
    )
    assert letters.subjects(data["email"]) == ["please choose another username"]
    assert letters.subjects(person["email"]) == []
    assert stored == 0


@pytest.mark.parametrize(
    "field",
    ["role", "is_active", "email_verified_at", "password_hash", "user_id", "id", "scopes"],
)
async def test_a_registration_decides_nothing_else(
    nobody: AsyncClient,
    letters: Letters,
    field: str,
) -> None:
    response = await nobody.post("/auth/register", json=registration_data(**{field: "staff"}))

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]
    assert letters.sent == []


async def test_a_password_that_is_easy_to_guess_is_refused_whoever_is_known(
    nobody: AsyncClient,
    letters: Letters,
    hashes: Counting,
    session: AsyncSession,
) -> None:
    person = await add_person(session)

    answers = [
        await nobody.post("/auth/register", json=registration_data(email=email, password="short1"))
        for email in ("new@example.com", person["email"])
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].text == answers[1].text
    assert (hashes.seen, letters.sent) == ([], [])
# {% endcall %}
