# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Passwords: which are accepted, and how a user changes the own one."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient, Response
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.passwords import SERVICE, Passwords, common_passwords
from app.models import UserCredential, UserSession
from tests.auth.doubles import CountingHasher, Mailbox, override_state
from tests.auth.users import (
    ANOTHER_PASSWORD,
    PASSWORD,
    add_session,
    add_user,
    member_client,
    session_headers,
)
from tests.credentials import api_key
from tests.factories import user_data

REGISTER = "/auth/register"
CHANGE = "/auth/password"
COMMON = "password is too common"
SIMILAR = "Too similar to"


def assert_refused(response: Response, words: str) -> None:
    """Check that the password was refused, with these words in the message."""
    problem = response.json()
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [error["loc"] for error in problem["errors"]] == [["body", "password"]]
    assert words in problem["errors"][0]["msg"]


def data(password: str, **fields: Any) -> dict[str, Any]:
    return user_data(password=password) | fields


@pytest.mark.parametrize(
    "password",
    [
        "abc xyz uvw kl1",
        "nothing but small letters",
        "847362918273645",
        "łódź świeci jak żółw",
        "马 船 湖 绿 七 猫 头 鹰 三",
        "with \t any \U0001f989 sign <'\"&;%\\>",
        "z" * 10 + " kg, 54 chars more than anybody types by hand, or not",
        "seven green boats " * 14,
    ],
    ids=["15", "no composition", "digits", "letters", "Chinese", "signs", "64", "252"],
)
async def test_any_long_password_is_accepted(client: AsyncClient, password: str) -> None:
    response = await client.post(REGISTER, json=data(password))

    assert response.status_code == 202


@pytest.mark.parametrize(
    "password",
    ["", "a", "a8Z!kq#", "a8Z!kq#M", "tiny owl sings", " " * 20, "\ufdfa"],
)
async def test_a_short_password_is_refused(client: AsyncClient, password: str) -> None:
    response = await client.post(REGISTER, json=data(password))

    assert_refused(response, "character")


async def test_the_message_about_a_short_password_gives_advice(client: AsyncClient) -> None:
    response = await client.post(REGISTER, json=data("tiny owl sings"))

    assert_refused(response, "Use at least 15 characters: a few words")


@pytest.mark.parametrize(("password", "status"), [("a8Z!kq#", 422), ("a8Z!kq#M", 202)])
async def test_eight_characters_are_enough_with_a_second_factor(
    app: FastAPI,
    client: AsyncClient,
    password: str,
    status: int,
) -> None:
    settings = app.state.settings.model_copy(update={"second_factor_in_front": True})

    with override_state(app, settings=settings):
        response = await client.post(REGISTER, json=data(password))
        common = await client.post(REGISTER, json=data("Password1"))

    assert response.status_code == status
    assert_refused(common, COMMON)


async def test_a_password_above_the_maximum_is_refused_and_never_truncated(
    client: AsyncClient,
) -> None:
    response = await client.post(REGISTER, json=data("seven green boats " * 15))

    assert_refused(response, "256")


@pytest.mark.parametrize("length", [64, 256])
async def test_every_character_of_a_long_password_counts(app: FastAPI, length: int) -> None:
    passwords = app.state.passwords
    password = "b" * (length - 1)
    stored = await passwords.hash_password(f"{password}1")

    right = await passwords.verify_password(f"{password}1", stored)
    wrong = await passwords.verify_password(f"{password}2", stored)

    assert (right, wrong) == (True, False)


def test_the_list_of_common_passwords_covers_both_lengths() -> None:
    long_ones = [password for password in common_passwords() if len(password) >= 15]

    assert min(map(len, common_passwords())) >= 8
    assert len(common_passwords()) - len(long_ones) >= 3000
    assert len(long_ones) >= 3000


@pytest.mark.parametrize(
    "password",
    ["passwordpassword", "PasswordPassword", "qwertyuiopasdfgh", "1234567890123456", "z" * 15],
)
async def test_a_common_password_is_refused_in_any_case(
    client: AsyncClient,
    password: str,
) -> None:
    plain = await client.post(REGISTER, json=data(password))
    padded = await client.post(REGISTER, json=data(f"  {password.upper()} "))

    assert_refused(plain, COMMON)
    assert_refused(padded, COMMON)


@pytest.mark.parametrize(
    "password",
    [
        "Bartholomew2026!",
        "1!2!3!4!5!bartholomew",
        "bartholomewbartholomew",
        "ada.lovelace-1815",
        "ada+lovelace@1234",
        f"{SERVICE} 2026 !!!!!!!!",
        f"{SERVICE}{SERVICE}{SERVICE}".lower(),
    ],
)
async def test_a_password_about_the_user_or_the_service_is_refused(
    client: AsyncClient,
    password: str,
) -> None:
    names = {"username": "bartholomew", "email": "ada.lovelace@example.com"}
    response = await client.post(REGISTER, json=data(password, **names))

    assert_refused(response, SIMILAR)


async def test_a_word_about_the_user_among_others_is_accepted(client: AsyncClient) -> None:
    body = data("bartholomew feeds owls", username="bartholomew")

    response = await client.post(REGISTER, json=body)

    assert response.status_code == 202


async def test_passwords_are_normalised(app: FastAPI) -> None:
    passwords = app.state.passwords
    stored = await passwords.hash_password("caf\u00e9 \ufb01nds owls")

    found = await passwords.verify_password("cafe\u0301 finds owls", stored)

    assert found


@pytest.mark.parametrize("value", ['"half \\ud800 of a character"', "5", "[]", "null", '{"a": 1}'])
async def test_an_invalid_password_value_is_refused_and_not_repeated(
    client: AsyncClient,
    value: str,
) -> None:
    names = user_data()
    body = json.dumps(names | {"password": 0}).replace("0}", value + "}")

    headers = {"Content-Type": "application/json"}
    response = await client.post(REGISTER, content=body, headers=headers)

    assert_refused(response, "")
    assert value not in response.text


async def test_a_refused_password_is_not_in_the_response(client: AsyncClient) -> None:
    response = await client.post(REGISTER, json=data(PASSWORD, email="no address"))

    assert response.status_code == 422
    assert PASSWORD not in response.text


def change(**fields: Any) -> dict[str, Any]:
    return {"current_password": PASSWORD, "new_password": ANOTHER_PASSWORD} | fields


async def password_hash(session: AsyncSession, user: dict[str, Any]) -> str:
    credential = await session.get_one(UserCredential, user["id"], populate_existing=True)
    return credential.password_hash


async def test_the_current_password_allows_a_new_one(
    app: FastAPI,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = await add_user(session)

    async with member_client(app, session, user["id"]) as ada:
        response = await ada.post(CHANGE, json=change())

    stored = await password_hash(session, user)
    matches = await app.state.passwords.verify_password(ANOTHER_PASSWORD, stored)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert matches
    assert mailbox.subjects(user["email"]) == ["your password was changed"]


async def test_a_wrong_current_password_changes_nothing(
    app: FastAPI,
    mailbox: Mailbox,
    hashes: CountingHasher,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    before = await password_hash(session, user)

    async with member_client(app, session, user["id"]) as ada:
        response = await ada.post(CHANGE, json=change(current_password="a wrong one"))

    after = await password_hash(session, user)
    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "current_password"]
    assert (after, len(hashes.seen), mailbox.sent) == (before, 1, [])


@pytest.mark.parametrize("missing", ["current_password", "new_password"])
async def test_both_passwords_are_required(
    app: FastAPI,
    session: AsyncSession,
    missing: str,
) -> None:
    user = await add_user(session)
    data = change()
    del data[missing]

    async with member_client(app, session, user["id"]) as ada:
        response = await ada.post(CHANGE, json=data)

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", missing]


async def test_a_change_to_a_weak_password_is_refused(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    user = await add_user(session, username="bartholomew")

    async with member_client(app, session, user["id"]) as ada:
        response = await ada.post(CHANGE, json=change(new_password="bartholomew 1815"))

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "new_password"]


async def test_a_change_revokes_all_sessions_creates_one_and_keeps_api_keys(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    other = await add_user(session)
    own = await add_session(session, app, user["id"])
    headers = [
        own,
        await add_session(session, app, user["id"]),
        await add_session(session, app, other["id"]),
        {"X-API-Key": "the key of a script"},
    ]
    session.add(api_key(user["id"], "the key of a script"))
    await session.commit()

    response = await client.post(CHANGE, json=change(), headers=own)
    client.cookies.clear()
    headers.append(session_headers(response))
    answers = [await client.get("/auth/me", headers=one) for one in headers]

    assert [answer.status_code for answer in answers] == [401, 401, 200, 200, 200]


async def test_the_session_after_a_change_keeps_the_client_and_works(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    own = await add_session(session, app, user["id"])

    response = await client.post(CHANGE, json=change(), headers=own)
    client.cookies.clear()
    headers = session_headers(response)
    found = await client.get("/auth/sessions", headers=headers)
    changed = await client.patch("/auth/me", json={"bio": "New"}, headers=headers)

    assert [item["client"] for item in found.json()["items"]] == ["tests"]
    assert changed.status_code == 200


async def test_a_session_revoked_during_the_change_creates_no_other(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    before = await password_hash(session, user)

    class SlowPasswords(Passwords):
        """While it hashes, the user revokes the session elsewhere."""

        async def hash_password(self, password: str) -> str:
            async with app.state.sessions.begin() as elsewhere:
                revocation = delete(UserSession).where(UserSession.user_id == user["id"])
                await elsewhere.execute(revocation)
            return await super().hash_password(password)

    headers = await add_session(session, app, user["id"])
    with override_state(app, passwords=SlowPasswords(app.state.settings)):
        response = await client.post(CHANGE, json=change(), headers=headers)

    after = await password_hash(session, user)
    assert response.status_code == 401
    assert after == before


async def test_a_change_invalidates_reset_tokens(
    app: FastAPI,
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    await client.post("/auth/password/forgot", json={"email": user["email"]})
    data = {"token": mailbox.token(user["email"]), "password": PASSWORD}

    async with member_client(app, session, user["id"]) as ada:
        await ada.post(CHANGE, json=change())
    response = await client.post("/auth/password/reset", json=data)

    assert response.status_code == 422


async def test_a_change_does_not_overwrite_a_simultaneous_one(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)

    class SlowPasswords(Passwords):
        """While it hashes, another request sets a password."""

        async def hash_password(self, password: str) -> str:
            async with app.state.sessions.begin() as other:
                credential = await other.get_one(UserCredential, user["id"])
                credential.password_hash = "another hash"
            return await super().hash_password(password)

    headers = await add_session(session, app, user["id"])
    with override_state(app, passwords=SlowPasswords(app.state.settings)):
        response = await client.post(CHANGE, json=change(), headers=headers)

    stored = await password_hash(session, user)
    assert response.status_code == 409
    assert stored == "another hash"
# {% endcall %}
