# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Access tokens that do not say what this service says: refused, though its key has signed them."""

import time
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.forging import forge, issue, status_of

CLAIMS = ["exp", "nbf", "iat", "iss", "aud", "sub", "sid"]
NOT_SO: list[dict[str, Any]] = [
    {"exp": "tomorrow"},
    {"nbf": "yesterday"},
    {"iss": "https://another.example"},
    {"iss": None},
    {"aud": "https://another.example"},
    {"aud": ["https://another.example", "https://third.example"]},
    {"aud": []},
    {"sub": "1"},
    {"sub": 1},
    {"sub": "nobody"},
    {"sub": None},
    {"sid": f"{2**62}"},
    {"sid": "1 OR 1=1"},
    {"sid": ["1"]},
    {"sid": None},
]
HEADERS: list[dict[str, Any]] = [
    {"kid": "unknown"},
    {"kid": ""},
    {"kid": "../../../../dev/null"},
    {"kid": "x' UNION SELECT 'secret"},
    {"kid": None},
    {"kid": ["development"]},
    {"typ": "JWT"},
    {"typ": "rt+jwt"},
    {"typ": None},
    {"crit": ["unknown"], "unknown": True},
    {"b64": False},
]


@pytest.fixture
async def claims(nobody: AsyncClient, session: AsyncSession) -> dict[str, Any]:
    """What a valid token says; each test changes one thing."""
    return await issue(nobody, session)


async def test_a_token_that_is_made_by_hand_is_taken_if_nothing_is_wrong_with_it(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
) -> None:
    status = await status_of(nobody, forge(app, claims))

    assert status == 200


@pytest.mark.parametrize("change", NOT_SO, ids=str)
async def test_a_claim_that_is_not_so_is_refused(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
    change: dict[str, Any],
) -> None:
    status = await status_of(nobody, forge(app, claims | change))

    assert status == 401


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -1), ("nbf", 30), ("iat", 30)])
async def test_a_token_that_is_too_old_or_not_valid_yet_is_refused(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
    claim: str,
    seconds: int,
) -> None:
    status = await status_of(nobody, forge(app, claims | {claim: time.time() + seconds}))

    assert status == 401


@pytest.mark.parametrize("claim", CLAIMS)
async def test_a_token_without_one_of_its_claims_is_refused(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
    claim: str,
) -> None:
    del claims[claim]

    status = await status_of(nobody, forge(app, claims))

    assert status == 401


@pytest.mark.parametrize("claim", ["sub", "sid"])
async def test_one_users_token_does_not_prove_the_sign_in_of_another(
    app: FastAPI,
    nobody: AsyncClient,
    session: AsyncSession,
    claims: dict[str, Any],
    claim: str,
) -> None:
    others = await issue(nobody, session)

    status = await status_of(nobody, forge(app, claims | {claim: others[claim]}))

    assert status == 401


@pytest.mark.parametrize("header", HEADERS, ids=str)
async def test_a_header_that_is_not_so_is_refused(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
    header: dict[str, Any],
) -> None:
    status = await status_of(nobody, forge(app, claims, **header))

    assert status == 401
# {% endcall %}
