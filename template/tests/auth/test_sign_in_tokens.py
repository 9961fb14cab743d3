# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Signing in for tokens: what they say, and how their keys change."""

from base64 import urlsafe_b64decode

import jwt
import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.tokens import digest_of
from app.models import RefreshToken, UserSession
from tests.auth.forging import own_key, read, status_of
from tests.auth.people import add_person
from tests.auth.signing_in import LOGIN, proof, sign_in_for_tokens
from tests.auth.swapping import swapped

NEW_KEY = {"next": SecretStr("the next secret, long enough as well")}


async def test_login_gives_tokens(nobody: AsyncClient, session: AsyncSession) -> None:
    person = await add_person(session)

    response = await nobody.post(LOGIN, json=proof(person["email"]))

    given = response.json()
    assert response.status_code == 200
    assert given.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (given["token_type"], given["expires_in"]) == ("bearer", 900)
    assert "Set-Cookie" not in response.headers


async def test_an_access_token_says_who_and_for_how_long(
    app: FastAPI,
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    given = await sign_in_for_tokens(nobody, person["email"])
    statement = select(UserSession.id).where(UserSession.user_id == person["id"])
    session_id = await session.scalar(statement)

    header = jwt.get_unverified_header(given["access_token"])
    claims = read(given["access_token"])

    settings = app.state.settings
    assert header == {"alg": "HS256", "kid": own_key(app)[0], "typ": "at+jwt"}
    assert claims == {
        "iss": settings.jwt_issuer,
        "aud": settings.jwt_audience,
        "sub": f"{person['id']}",
        "sid": f"{session_id}",
        "iat": claims["iat"],
        "nbf": claims["iat"],
        "exp": claims["iat"] + 15 * 60,
    }


async def test_a_refresh_token_is_random_and_only_its_digest_is_stored(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)

    given = [await sign_in_for_tokens(nobody, person["email"]) for _ in range(2)]
    tokens = [one["refresh_token"] for one in given]
    rows = await session.scalars(select(RefreshToken))
    stored = [f"{vars(row)}" for row in rows]

    assert [len(urlsafe_b64decode(f"{token}=")) for token in tokens] == [32, 32]
    assert tokens[0] != tokens[1]
    assert all(any(digest_of(token) in text for text in stored) for token in tokens)
    assert not any(token in text for token in tokens for text in stored)


async def test_an_old_key_verifies_until_it_is_removed(
    app: FastAPI,
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    before = app.state.settings
    rotated = before.model_copy(update={"jwt_keys": NEW_KEY | before.jwt_keys})
    removed = before.model_copy(update={"jwt_keys": NEW_KEY})
    old = await sign_in_for_tokens(nobody, person["email"])

    with swapped(app, settings=rotated):
        new = await sign_in_for_tokens(nobody, person["email"])
        while_rotating = [await status_of(nobody, one["access_token"]) for one in (old, new)]
    with swapped(app, settings=removed):
        afterwards = [await status_of(nobody, one["access_token"]) for one in (old, new)]

    assert jwt.get_unverified_header(new["access_token"])["kid"] == "next"
    assert while_rotating == [200, 200]
    assert afterwards == [401, 200]


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bearer bearer"])
async def test_another_scheme_proves_nothing(
    nobody: AsyncClient,
    session: AsyncSession,
    scheme: str,
) -> None:
    person = await add_person(session)
    given = await sign_in_for_tokens(nobody, person["email"])
    headers = {"Authorization": f"{scheme} {given['access_token']}"}

    response = await nobody.get("/auth/me", headers=headers)

    assert response.status_code == 401


async def test_an_access_token_in_the_query_or_a_cookie_proves_nothing(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    given = await sign_in_for_tokens(nobody, person["email"])
    token = {"access_token": given["access_token"]}
    headers = {"Cookie": f"access_token={given['access_token']}"}

    response = await nobody.get("/auth/me", params=token, headers=headers)

    assert response.status_code == 401
# {% endcall %}
