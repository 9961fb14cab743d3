# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Access tokens that this service has not signed, however they look: refused."""

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.forging import encoded, forge, issue, own_key, segment, status_of
from tests.auth.people import add_person
from tests.auth.signing_in import sign_in_for_tokens

THEIRS = "long enough, but not the one that this service has"
THEIR_KEY = {"kty": "oct", "kid": "theirs", "alg": "HS256", "k": encoded(THEIRS.encode())}
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC_KEY = RSA_KEY.public_key().public_bytes(
    serialization.Encoding.PEM,
    serialization.PublicFormat.SubjectPublicKeyInfo,
)
BROUGHT_ALONG: list[dict[str, Any]] = [
    {"jwk": THEIR_KEY},
    {"jwk": THEIR_KEY, "kid": "theirs"},
    {"jku": "https://another.example/keys.json"},
    {"x5u": "https://another.example/chain.pem"},
    {"x5c": [encoded(THEIRS.encode())]},
]


@pytest.fixture
async def claims(nobody: AsyncClient, session: AsyncSession) -> dict[str, Any]:
    """What a valid token says."""
    return await issue(nobody, session)


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", None])
@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
async def test_no_algorithm_is_refused(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
    alg: str | None,
    *,
    signed: bool,
) -> None:
    token = forge(app, claims, alg=alg)

    status = await status_of(nobody, token if signed else f"{token.rpartition('.')[0]}.")

    assert status == 401


async def test_another_secret_is_refused(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
) -> None:
    status = await status_of(nobody, forge(app, claims, secret=THEIRS))

    assert status == 401


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
async def test_another_algorithm_is_refused_with_our_own_secret_too(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
    digest: str,
) -> None:
    alg = digest.upper().replace("SHA", "HS")

    status = await status_of(nobody, forge(app, claims, digest=digest, alg=alg))

    assert status == 401


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
async def test_a_pair_of_keys_is_refused(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
    alg: str,
) -> None:
    headers = {"kid": own_key(app)[0], "typ": "at+jwt"}

    status = await status_of(nobody, jwt.encode(claims, RSA_KEY, alg, headers))

    assert status == 401


@pytest.mark.parametrize("alg", ["HS256", "RS256"])
async def test_a_public_key_is_not_taken_for_a_secret(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
    alg: str,
) -> None:
    status = await status_of(nobody, forge(app, claims, secret=PUBLIC_KEY.decode(), alg=alg))

    assert status == 401


@pytest.mark.parametrize("header", BROUGHT_ALONG, ids=" ".join)
async def test_a_key_that_a_token_brings_along_is_not_used(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
    header: dict[str, Any],
) -> None:
    status = await status_of(nobody, forge(app, claims, secret=THEIRS, **header))

    assert status == 401


async def test_another_payload_under_our_signature_is_refused(
    app: FastAPI,
    nobody: AsyncClient,
    claims: dict[str, Any],
) -> None:
    header, _, signature = forge(app, claims).split(".")
    # Everything else would be right, so that nothing but the signature tells.
    longer = segment(claims | {"exp": claims["exp"] + 60})

    status = await status_of(nobody, f"{header}.{longer}.{signature}")

    assert status == 401


async def test_a_refresh_token_is_no_access_token(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    given = await sign_in_for_tokens(nobody, person["email"])

    status = await status_of(nobody, given["refresh_token"])

    assert status == 401


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "a.b.c",
        "...",
        f"{encoded(b'[' * 20_000)}.e30.",
        f"{segment(['HS256'])}.e30.",
        f"{segment('HS256')}.{segment(1)}.",
    ],
    ids=["word", "letters", "dots", "deep", "list", "number"],
)
async def test_what_is_no_token_is_refused(nobody: AsyncClient, token: str) -> None:
    status = await status_of(nobody, token)

    assert status == 401


async def test_what_is_no_text_is_refused(nobody: AsyncClient) -> None:
    response = await nobody.get("/auth/me", headers={b"Authorization": b"Bearer \xff.\xe9.\x80"})

    assert response.status_code == 401
# {% endcall %}
