# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""No other site may act with the cookie of a user who visits it."""

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.credentials import COOKIE
from app.auth.csrf import HEADER, csrf_token
from tests.auth.people import add_person
from tests.auth.signing_in import LOGIN, proof, sign_in

CSRF = "/auth/csrf"
ME = "/auth/me"


@pytest.fixture
async def headers(nobody: AsyncClient, session: AsyncSession) -> dict[str, str]:
    """What a browser sends in the session of a new person."""
    person = await add_person(session)
    return await sign_in(nobody, person["email"])


def by_cookie(operation: dict[str, Any]) -> set[str]:
    """Return the schemes of a request by cookie; none where no cookie is asked for."""
    requirements = operation.get("security", [])
    return {scheme for schemes in requirements if "Session" in schemes for scheme in schemes}


def without_token(headers: dict[str, str]) -> dict[str, str]:
    return {"Cookie": headers["Cookie"]}


async def full_name(client: AsyncClient, headers: dict[str, str]) -> Any:
    response = await client.get(ME, headers=headers)
    return response.json()["full_name"]


async def test_a_change_with_the_token_is_made(
    nobody: AsyncClient,
    headers: dict[str, str],
) -> None:
    response = await nobody.patch(ME, json={"full_name": "Ada"}, headers=headers)
    name = await full_name(nobody, headers)

    assert (response.status_code, name) == (200, "Ada")


@pytest.mark.parametrize("token", [None, "", "wrong", "0" * 64, "\xe9"])
async def test_a_change_without_the_token_is_refused(
    nobody: AsyncClient,
    headers: dict[str, str],
    token: str | None,
) -> None:
    sent: dict[str, Any] = without_token(headers)
    if token is not None:
        sent[HEADER] = token.encode("latin-1")

    response = await nobody.patch(ME, json={"full_name": "Eve"}, headers=sent)
    name = await full_name(nobody, headers)

    assert response.status_code == 403
    assert response.json()["detail"] == f"Send the session's token in the header {HEADER}."
    assert name is None


async def test_a_change_that_is_refused_is_in_the_log_without_a_secret(
    nobody: AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    person = await add_person(session)
    headers = await sign_in(nobody, person["email"])
    wrong = headers | {HEADER: "no log may hold this"}

    with caplog.at_level(logging.INFO, "app.auth"):
        await nobody.patch(ME, json={"full_name": "Eve"}, headers=wrong)

    assert f"access refused: user {person['id']}, without the session's token" in caplog.messages
    cookie = headers["Cookie"].partition("=")[2]
    secrets = [cookie, headers[HEADER], wrong[HEADER]]
    assert [secret for secret in secrets if secret in caplog.text] == []


async def test_the_token_of_another_session_is_refused(
    nobody: AsyncClient,
    session: AsyncSession,
    headers: dict[str, str],
) -> None:
    thief = await add_person(session)
    others = await sign_in(nobody, thief["email"])
    mixed = without_token(headers) | {HEADER: others[HEADER]}

    response = await nobody.patch(ME, json={"full_name": "Eve"}, headers=mixed)
    name = await full_name(nobody, headers)

    assert (response.status_code, name) == (403, None)


async def test_a_token_does_not_outlive_its_session(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    first, second = [await sign_in(nobody, person["email"]) for _ in range(2)]
    mixed = without_token(second) | {HEADER: first[HEADER]}

    response = await nobody.patch(ME, json={"full_name": "Eve"}, headers=mixed)

    assert first[HEADER] != second[HEADER]
    assert response.status_code == 403


async def test_no_route_that_changes_something_works_without_the_token(
    app: FastAPI,
    nobody: AsyncClient,
    headers: dict[str, str],
) -> None:
    statuses: dict[str, int] = {}
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            if method != "get" and by_cookie(operation):
                url = path.replace("{", "1").replace("}", "")
                response = await nobody.request(method, url, headers=without_token(headers))
                statuses[f"{method} {path}"] = response.status_code

    assert "post /auth/logout" in statuses
    assert "delete /auth/sessions/{session_id}" in statuses
    assert {one: status for one, status in statuses.items() if status not in {403, 422}} == {}


async def test_the_description_asks_for_the_token_with_each_change(app: FastAPI) -> None:
    document = app.openapi()
    me = {method: by_cookie(operation) for method, operation in document["paths"][ME].items()}

    assert document["components"]["securitySchemes"]["CsrfToken"] == {
        "type": "apiKey",
        "in": "header",
        "name": HEADER,
    }
    assert me == {
        "get": {"Session"},
        "patch": {"Session", "CsrfToken"},
        "delete": {"Session", "CsrfToken"},
    }


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_session_is_not_ended_by_another_site(
    nobody: AsyncClient,
    headers: dict[str, str],
    method: str,
) -> None:
    path = "/auth/logout" if method == "POST" else "/auth/sessions"

    response = await nobody.request(method, path, headers=without_token(headers))
    after = await nobody.get(ME, headers=without_token(headers))

    assert (response.status_code, after.status_code) == (403, 200)


async def test_a_page_of_the_service_can_ask_for_the_token_again(
    nobody: AsyncClient,
    headers: dict[str, str],
) -> None:
    response = await nobody.get(CSRF, headers=without_token(headers))

    assert response.json() == {"csrf_token": headers[HEADER]}
    assert response.headers["Cache-Control"] == "no-store"


async def test_nobody_and_no_machine_gets_a_token(
    client: AsyncClient,
    nobody: AsyncClient,
) -> None:
    machine = await client.get(CSRF)
    stranger = await nobody.get(CSRF)

    assert (machine.status_code, stranger.status_code) == (403, 401)


async def test_the_token_tells_nothing_of_the_cookie(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)

    response = await nobody.post(LOGIN, json=proof(person["email"]))
    secret = response.cookies[COOKIE]

    assert response.json()["csrf_token"] == csrf_token(secret)
    assert secret not in csrf_token(secret)
    assert len(csrf_token(secret)) == 64


async def test_a_machine_needs_no_token(client: AsyncClient) -> None:
    # A browser does not send keys by itself, so no other site can make it to.
    response = await client.get(ME)
    changed = await client.delete("/auth/sessions")

    assert response.status_code == 200
    assert changed.json()["detail"].startswith("An API key cannot do this.")
# {% endcall %}
