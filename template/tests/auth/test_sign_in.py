# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Signing in: by e-mail address and password, and a refusal that tells nothing."""

import logging
from typing import Any

import pytest
from argon2 import PasswordHasher
from httpx2 import AsyncClient
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.passwords import NOBODY
from app.models import User, UserCredential, UserSession
from app.models.base import utc_now
from tests.auth.hashing import Counting
from tests.auth.people import ANOTHER_PASSWORD, PASSWORD, add_person
from tests.auth.signing_in import LOGIN, proof, sign_in
from tests.factories import user_data

# Each is why somebody may not sign in, as columns of the user and the account.
REASONS: dict[str, dict[str, Any]] = {
    "not verified": {"email_verified_at": None},
    "inactive": {"is_active": False},
    "deleted": {"deleted_at": utc_now()},
    "no password": {"password_hash": ""},
    "no hash": {"password_hash": "!"},
}
REFUSAL = {
    "type": "about:blank",
    "title": "Unauthorized",
    "status": 401,
    "detail": "The e-mail address or the password is wrong, or the address is not verified yet.",
    "instance": LOGIN,
}


async def sign_ins_of(session: AsyncSession, user_id: int) -> int:
    """Return how many sign-ins of a user are stored."""
    counted = select(func.count(UserSession.id)).where(UserSession.user_id == user_id)
    count = await session.scalar(counted)
    return count or 0


async def hash_of(session: AsyncSession, user_id: int) -> str:
    """Return the hash that is stored for a user."""
    statement = select(UserCredential.password_hash).where(UserCredential.user_id == user_id)
    found = await session.scalar(statement)
    return found or ""


async def test_who_signs_in_is_known(nobody: AsyncClient, session: AsyncSession) -> None:
    person = await add_person(session)

    headers = await sign_in(nobody, person["email"])
    response = await nobody.get("/auth/me", headers=headers)

    assert response.status_code == 200
    assert response.json()["username"] == person["username"]


async def test_an_address_is_known_in_any_case(nobody: AsyncClient, session: AsyncSession) -> None:
    person = await add_person(session)

    response = await nobody.post(LOGIN, json=proof(person["email"].upper()))

    assert response.status_code == 200


async def test_what_proves_a_sign_in_is_in_no_cache(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)

    response = await nobody.post(LOGIN, json=proof(person["email"]))

    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("reason", REASONS)
async def test_who_may_not_sign_in_is_refused_after_one_hash(
    nobody: AsyncClient,
    session: AsyncSession,
    hashes: Counting,
    reason: str,
) -> None:
    person = await add_person(session, **REASONS[reason])

    response = await nobody.post(LOGIN, json=proof(person["email"]))
    count = await sign_ins_of(session, person["id"])

    assert (response.status_code, response.json()) == (401, REFUSAL)
    assert len(hashes.seen) == 1
    assert count == 0


async def test_a_wrong_password_is_refused_after_one_hash(
    nobody: AsyncClient,
    session: AsyncSession,
    hashes: Counting,
) -> None:
    person = await add_person(session)

    response = await nobody.post(LOGIN, json=proof(person["email"], ANOTHER_PASSWORD))
    count = await sign_ins_of(session, person["id"])

    assert (response.status_code, response.json()) == (401, REFUSAL)
    assert len(hashes.seen) == 1
    assert count == 0


async def test_an_unknown_address_is_refused_after_one_hash(
    nobody: AsyncClient,
    hashes: Counting,
) -> None:
    response = await nobody.post(LOGIN, json=proof("nobody@example.com"))

    assert (response.status_code, response.json()) == (401, REFUSAL)
    assert len(hashes.seen) == 1


async def test_a_user_without_an_account_is_refused_after_one_hash(
    nobody: AsyncClient,
    session: AsyncSession,
    hashes: Counting,
) -> None:
    data = user_data()
    session.add(User(**data))
    await session.commit()

    response = await nobody.post(LOGIN, json=proof(data["email"]))

    assert (response.status_code, response.json()) == (401, REFUSAL)
    assert len(hashes.seen) == 1


async def test_a_known_user_costs_one_hash_as_well(
    nobody: AsyncClient,
    session: AsyncSession,
    hashes: Counting,
) -> None:
    person = await add_person(session)

    response = await nobody.post(LOGIN, json=proof(person["email"]))

    assert response.status_code == 200
    assert len(hashes.seen) == 1


async def test_what_nobody_is_compared_with_opens_no_account(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session, password_hash="")

    response = await nobody.post(LOGIN, json=proof(person["email"], NOBODY))

    assert response.status_code == 401


async def test_a_hash_of_other_parameters_is_made_anew(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=64).hash(PASSWORD)
    person = await add_person(session, password_hash=old)

    responses = [await nobody.post(LOGIN, json=proof(person["email"])) for _ in range(2)]
    stored = await hash_of(session, person["id"])

    assert [response.status_code for response in responses] == [200, 200]
    assert stored.startswith("$argon2id$v=19$m=32,t=1,")


async def test_a_hash_of_the_same_parameters_stays(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    before = await hash_of(session, person["id"])

    await nobody.post(LOGIN, json=proof(person["email"]))
    after = await hash_of(session, person["id"])

    assert after == before


async def test_a_wrong_password_makes_no_new_hash(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=64).hash(PASSWORD)
    person = await add_person(session, password_hash=old)

    await nobody.post(LOGIN, json=proof(person["email"], ANOTHER_PASSWORD))
    stored = await hash_of(session, person["id"])

    assert stored == old


async def test_who_signs_in_and_who_is_refused_is_in_the_log_without_the_password(
    nobody: AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    person = await add_person(session)
    secret = "no log may hold this"

    with caplog.at_level(logging.INFO, "app.auth"):
        await nobody.post(LOGIN, json=proof(person["email"]))
        await nobody.post(LOGIN, json=proof(person["email"], secret))
        await nobody.post(LOGIN, json=proof("nobody@example.com", secret))

    assert [text for text in caplog.messages if "sign" in text] == [
        f"signed in: user {person['id']}",
        f"sign-in refused: user {person['id']}",
        "sign-in refused: nobody@example.com",
    ]
    assert not any(text in caplog.text for text in (PASSWORD, secret))
# {% endcall %}
