# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Another site cannot act with the cookie of a user who visits it."""

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.backend import COOKIE, CSRF_HEADER, csrf_token
from tests.auth.users import LOGIN, add_user, login, login_body

CSRF = "/auth/csrf"
ME = "/auth/me"


@pytest.fixture
async def headers(client: AsyncClient, session: AsyncSession) -> dict[str, str]:
    """Headers that a browser sends in the session of a new user."""
    user = await add_user(session)
    return await login(client, user["email"])


def by_cookie(operation: dict[str, Any]) -> set[str]:
    """Security schemes of an operation with a cookie; none if it needs no cookie."""
    requirements = operation.get("security", [])
    return {scheme for schemes in requirements if "Session" in schemes for scheme in schemes}


def without_token(headers: dict[str, str]) -> dict[str, str]:
    return {"Cookie": headers["Cookie"]}


async def full_name(client: AsyncClient, headers: dict[str, str]) -> Any:
    response = await client.get(ME, headers=headers)
    return response.json()["full_name"]


async def test_a_change_with_the_token_succeeds(
    client: AsyncClient,
    headers: dict[str, str],
) -> None:
    response = await client.patch(ME, json={"full_name": "Ada"}, headers=headers)
    name = await full_name(client, headers)

    assert (response.status_code, name) == (200, "Ada")


@pytest.mark.parametrize("token", [None, "", "wrong", "0" * 64, "\xe9"])
async def test_a_change_without_the_token_is_403(
    client: AsyncClient,
    headers: dict[str, str],
    token: str | None,
) -> None:
    sent: dict[str, Any] = without_token(headers)
    if token is not None:
        sent[CSRF_HEADER] = token.encode("latin-1")

    response = await client.patch(ME, json={"full_name": "Eve"}, headers=sent)
    name = await full_name(client, headers)

    assert response.status_code == 403
    message = f"Send the CSRF token of your session in the header {CSRF_HEADER}."
    assert response.json()["detail"] == message
    assert name is None


async def test_a_refused_change_is_logged_without_secrets(
    client: AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    user = await add_user(session)
    headers = await login(client, user["email"])
    wrong = headers | {CSRF_HEADER: "a secret that no log contains"}

    with caplog.at_level(logging.INFO, "app.auth"):
        await client.patch(ME, json={"full_name": "Eve"}, headers=wrong)

    assert f"authz_fail: user {user['id']}, no CSRF token" in caplog.messages
    cookie = headers["Cookie"].partition("=")[2]
    secrets = [cookie, headers[CSRF_HEADER], wrong[CSRF_HEADER]]
    assert [secret for secret in secrets if secret in caplog.text] == []


async def test_the_token_of_another_user_is_403(
    client: AsyncClient,
    session: AsyncSession,
    headers: dict[str, str],
) -> None:
    thief = await add_user(session)
    others = await login(client, thief["email"])
    mixed = without_token(headers) | {CSRF_HEADER: others[CSRF_HEADER]}

    response = await client.patch(ME, json={"full_name": "Eve"}, headers=mixed)
    name = await full_name(client, headers)

    assert (response.status_code, name) == (403, None)


async def test_the_token_of_an_earlier_session_is_403(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    first, second = [await login(client, user["email"]) for _ in range(2)]
    mixed = without_token(second) | {CSRF_HEADER: first[CSRF_HEADER]}

    response = await client.patch(ME, json={"full_name": "Eve"}, headers=mixed)

    assert first[CSRF_HEADER] != second[CSRF_HEADER]
    assert response.status_code == 403


async def test_every_unsafe_route_needs_the_token(
    app: FastAPI,
    client: AsyncClient,
    headers: dict[str, str],
) -> None:
    statuses: dict[str, int] = {}
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            if method != "get" and by_cookie(operation):
                url = path.replace("{", "1").replace("}", "")
                response = await client.request(method, url, headers=without_token(headers))
                statuses[f"{method} {path}"] = response.status_code

    assert "post /auth/logout" in statuses
    assert "delete /auth/sessions/{session_id}" in statuses
    assert {one: status for one, status in statuses.items() if status not in {403, 422}} == {}


async def test_openapi_requires_the_token_on_unsafe_routes(app: FastAPI) -> None:
    document = app.openapi()
    me = {method: by_cookie(operation) for method, operation in document["paths"][ME].items()}

    assert document["components"]["securitySchemes"]["CsrfToken"] == {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
    }
    assert me == {
        "get": {"Session"},
        "patch": {"Session", "CsrfToken"},
        "delete": {"Session", "CsrfToken"},
    }


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_another_site_cannot_revoke_a_session(
    client: AsyncClient,
    headers: dict[str, str],
    method: str,
) -> None:
    path = "/auth/logout" if method == "POST" else "/auth/sessions"

    response = await client.request(method, path, headers=without_token(headers))
    after = await client.get(ME, headers=without_token(headers))

    assert (response.status_code, after.status_code) == (403, 200)


async def test_a_page_can_read_the_token_again(
    client: AsyncClient,
    headers: dict[str, str],
) -> None:
    response = await client.get(CSRF, headers=without_token(headers))

    assert response.json() == {"csrf_token": headers[CSRF_HEADER]}
    assert response.headers["Cache-Control"] == "no-store"


async def test_api_keys_and_anonymous_clients_get_no_token(
    staff_client: AsyncClient,
    client: AsyncClient,
) -> None:
    by_api_key = await staff_client.get(CSRF)
    anonymous = await client.get(CSRF)

    assert (by_api_key.status_code, anonymous.status_code) == (403, 401)


async def test_the_token_does_not_reveal_the_cookie(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)

    response = await client.post(LOGIN, json=login_body(user["email"]))
    secret = response.cookies[COOKIE]

    assert response.json()["csrf_token"] == csrf_token(secret)
    assert secret not in csrf_token(secret)
    assert len(csrf_token(secret)) == 64


async def test_an_api_key_needs_no_token(staff_client: AsyncClient) -> None:
    # A browser never sends API keys by itself, so another site cannot make it send one.
    response = await staff_client.get(ME)
    changed = await staff_client.delete("/auth/sessions")

    assert response.status_code == 200
    assert changed.json()["detail"].startswith("API keys cannot do this.")
# {% endcall %}
