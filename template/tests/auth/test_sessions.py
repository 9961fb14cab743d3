# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Where one is signed in: listed, and ended at once, by oneself only."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User, UserCredential, UserSession
from app.models.base import utc_now
from tests.auth.people import add_person
from tests.auth.signing_in import sign_in

SESSIONS = "/auth/sessions"
ME = "/auth/me"
NOWHERE = 2**62


async def own_id(client: AsyncClient, headers: dict[str, str]) -> int:
    """Return the key of the sign-in that headers prove."""
    response = await client.get(SESSIONS, headers=headers)
    (found,) = [item["id"] for item in response.json()["items"] if item["current"]]
    key: int = found
    return key


async def status_of(client: AsyncClient, headers: dict[str, str]) -> int:
    """Return whether headers still prove anything."""
    response = await client.get(ME, headers=headers)
    return response.status_code


async def test_one_sees_where_one_is_signed_in(nobody: AsyncClient, session: AsyncSession) -> None:
    person, other = [await add_person(session) for _ in range(2)]
    first = await sign_in(nobody, person["email"])
    await sign_in(nobody, other["email"])
    nobody.headers["User-Agent"] = "a second browser"
    second = await sign_in(nobody, person["email"])

    response = await nobody.get(SESSIONS, headers=second)
    key = await own_id(nobody, first)

    page = response.json()
    assert (response.status_code, page["total"]) == (200, 2)
    assert [item["id"] == key for item in page["items"]] == [False, True]
    assert [item["current"] for item in page["items"]] == [True, False]
    assert page["items"][0]["client"] == "a second browser"
    assert page["items"][0].keys() == {
        "id",
        "client",
        "created_at",
        "last_used_at",
        "expires_at",
        "current",
    }


async def test_what_has_ended_is_not_listed(nobody: AsyncClient, session: AsyncSession) -> None:
    person = await add_person(session)
    first = await sign_in(nobody, person["email"])
    key = await own_id(nobody, first)
    second = await sign_in(nobody, person["email"])
    ended = update(UserSession).where(UserSession.id == key).values(expires_at=utc_now())
    await session.execute(ended)
    await session.commit()

    response = await nobody.get(SESSIONS, headers=second)

    assert [item["current"] for item in response.json()["items"]] == [True]


async def test_logging_out_ends_access_at_once(nobody: AsyncClient, session: AsyncSession) -> None:
    person = await add_person(session)
    headers, another = [await sign_in(nobody, person["email"]) for _ in range(2)]

    before = await status_of(nobody, headers)
    response = await nobody.post("/auth/logout", headers=headers)
    after = await status_of(nobody, headers)
    again = await nobody.post("/auth/logout", headers=headers)
    elsewhere = await status_of(nobody, another)

    assert (before, response.status_code, after) == (200, 204, 401)
    assert (again.status_code, elsewhere) == (401, 200)


async def test_a_sign_in_that_ended_is_not_that_of_the_next_one(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    headers = await sign_in(nobody, person["email"])
    await nobody.post("/auth/logout", headers=headers)

    await sign_in(nobody, person["email"])
    status = await status_of(nobody, headers)

    assert status == 401


async def test_one_ends_a_sign_in_from_elsewhere(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    stolen, third, own = [await sign_in(nobody, person["email"]) for _ in range(3)]
    key = await own_id(nobody, stolen)

    response = await nobody.delete(f"{SESSIONS}/{key}", headers=own)
    statuses = [await status_of(nobody, headers) for headers in (stolen, third, own)]
    again = await nobody.delete(f"{SESSIONS}/{key}", headers=own)

    assert response.status_code == 204
    assert statuses == [401, 200, 200]
    assert again.status_code == 404


async def test_one_ends_all_other_sign_ins(nobody: AsyncClient, session: AsyncSession) -> None:
    person, other = [await add_person(session) for _ in range(2)]
    first, second, own = [await sign_in(nobody, person["email"]) for _ in range(3)]
    foreign = await sign_in(nobody, other["email"])

    response = await nobody.delete(SESSIONS, headers=own)
    statuses = [await status_of(nobody, headers) for headers in (first, second, own, foreign)]

    assert response.status_code == 204
    assert statuses == [401, 401, 200, 200]


async def test_a_foreign_or_unknown_sign_in_is_404_and_stays(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person, other = [await add_person(session) for _ in range(2)]
    own = await sign_in(nobody, person["email"])
    foreign = await sign_in(nobody, other["email"])
    key = await own_id(nobody, foreign)

    paths = [f"{SESSIONS}/{number}" for number in (key, NOWHERE)]
    responses = [await nobody.delete(path, headers=own) for path in paths]
    status = await status_of(nobody, foreign)

    assert [response.status_code for response in responses] == [404, 404]
    assert responses[0].json()["detail"] == f"Sign-in {key} does not exist."
    assert status == 200


@pytest.mark.parametrize(
    "columns",
    [{"is_active": False}, {"deleted_at": utc_now()}],
    ids=["deactivated", "deleted"],
)
async def test_who_is_deactivated_or_deleted_loses_access_at_once(
    nobody: AsyncClient,
    session: AsyncSession,
    columns: dict[str, object],
) -> None:
    person = await add_person(session)
    headers = await sign_in(nobody, person["email"])

    before = await status_of(nobody, headers)
    await session.execute(update(User).where(User.id == person["id"]).values(**columns))
    await session.commit()
    after = await status_of(nobody, headers)

    assert (before, after) == (200, 401)


async def test_who_has_no_account_any_more_loses_access_at_once(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    headers = await sign_in(nobody, person["email"])

    account = await session.get_one(UserCredential, person["id"])
    await session.delete(account)
    await session.commit()
    status = await status_of(nobody, headers)

    assert status == 401


async def test_a_sign_in_ends_for_good(nobody: AsyncClient, session: AsyncSession) -> None:
    person = await add_person(session)
    headers = await sign_in(nobody, person["email"])
    of_person = UserSession.user_id == person["id"]
    soon = utc_now() + timedelta(seconds=30)

    await session.execute(update(UserSession).where(of_person).values(expires_at=soon))
    await session.commit()
    before = await status_of(nobody, headers)
    await session.execute(update(UserSession).where(of_person).values(expires_at=utc_now()))
    await session.commit()
    after = await status_of(nobody, headers)

    assert (before, after) == (200, 401)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", SESSIONS),
        ("DELETE", SESSIONS),
        ("DELETE", f"{SESSIONS}/1"),
        ("POST", "/auth/logout"),
    ],
)
async def test_a_machine_has_no_sign_ins(
    client: AsyncClient,
    nobody: AsyncClient,
    method: str,
    path: str,
) -> None:
    machine = await client.request(method, path)
    stranger = await nobody.request(method, path)

    assert (machine.status_code, stranger.status_code) == (403, 401)


async def test_the_description_says_what_proves_a_sign_in(app: FastAPI) -> None:
    document = app.openapi()
    schemes = document["components"]["securitySchemes"]
    used = [{*one} for one in document["paths"][SESSIONS]["get"]["security"]]

    assert used == [{"ApiKey"}, {"{{ 'AccessToken' if auth == 'jwt' else 'Session' }}"}]
    assert {name for one in used for name in one} <= schemes.keys()
    assert "security" not in document["paths"]["/auth/login"]["post"]
# {% endcall %}
