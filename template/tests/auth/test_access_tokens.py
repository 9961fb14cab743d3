# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Access tokens: what they claim, how keys rotate, and which forged ones are refused."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI
from httpx2 import AsyncClient
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import UserSession
from tests.auth.doubles import override_state
from tests.auth.users import (
    LOGIN,
    add_user,
    claims_of,
    login_body,
    login_for_tokens,
    token_status,
)


def encoded(value: bytes) -> str:
    """Bytes as tokens encode them."""
    return urlsafe_b64encode(value).decode().rstrip("=")


def segment(value: object) -> str:
    """Part of a token."""
    return encoded(json.dumps(value).encode())


NEW_KEY = {"next": SecretStr("the next secret, long enough as well")}
OTHER_SITE = "https://another.example"
CLAIMS = ["exp", "nbf", "iat", "iss", "aud", "sub", "sid"]
WRONG_CLAIMS: dict[str, list[Any]] = {
    "exp": ["tomorrow"],
    "nbf": ["yesterday"],
    "iss": [OTHER_SITE, None],
    "aud": [OTHER_SITE, [OTHER_SITE, "https://third.example"], []],
    "sub": ["1", 1, "unknown", None],
    "sid": [f"{2**62}", "1 OR 1=1", ["1"], None],
}
WRONG_HEADERS: list[dict[str, Any]] = [
    *({"kid": kid} for kid in ("unknown", "", "../../../../dev/null", None, ["development"])),
    {"kid": "x' UNION SELECT 'secret"},
    *({"typ": name} for name in ("JWT", "rt+jwt", None)),
    {"crit": ["unknown"], "unknown": True},
    {"b64": False},
]
OTHER_SECRET = "long enough, but not the one that this service has"
OTHER_KEY = {"kty": "oct", "kid": "theirs", "alg": "HS256", "k": encoded(OTHER_SECRET.encode())}
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC_KEY = RSA_KEY.public_key().public_bytes(
    serialization.Encoding.PEM,
    serialization.PublicFormat.SubjectPublicKeyInfo,
)
KEY_HEADERS: list[dict[str, Any]] = [
    {"jwk": OTHER_KEY},
    {"jwk": OTHER_KEY, "kid": "theirs"},
    {"jku": f"{OTHER_SITE}/keys.json"},
    {"x5u": f"{OTHER_SITE}/chain.pem"},
    {"x5c": [encoded(OTHER_SECRET.encode())]},
]


async def claims_of_new_user(client: AsyncClient, session: AsyncSession) -> dict[str, Any]:
    """Claims of a valid token of a new user."""
    user = await add_user(session)
    given = await login_for_tokens(client, user["email"])
    return claims_of(given["access_token"])


@pytest.fixture
async def claims(client: AsyncClient, session: AsyncSession) -> dict[str, Any]:
    """Claims of a valid token; each test changes one thing."""
    return await claims_of_new_user(client, session)


def own_key(app: FastAPI) -> tuple[str, str]:
    """Id and secret of the key that signs new tokens."""
    key_id, secret = next(iter(app.state.settings.jwt_keys.items()))
    return key_id, secret.get_secret_value()


def forge(
    app: FastAPI,
    claims: Any,
    *,
    secret: str | None = None,
    digest: str = "sha256",
    **header: Any,
) -> str:
    """Sign a token as the service does, except for what the arguments change.

    By hand, because libraries refuse to make the worst ones.
    """
    key_id, own = own_key(app)
    fields = {"alg": "HS256", "kid": key_id, "typ": "at+jwt"} | header
    signed = f"{segment(fields)}.{segment(claims)}"
    signature = hmac.digest((secret or own).encode(), signed.encode(), digest)
    return f"{signed}.{encoded(signature)}"


async def test_login_gives_tokens(client: AsyncClient, session: AsyncSession) -> None:
    user = await add_user(session)

    response = await client.post(LOGIN, json=login_body(user["email"]))

    given = response.json()
    assert response.status_code == 200
    assert given.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (given["token_type"], given["expires_in"]) == ("bearer", 900)
    assert "Set-Cookie" not in response.headers


async def test_an_access_token_names_user_session_and_lifetime(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    given = await login_for_tokens(client, user["email"])
    statement = select(UserSession.id).where(UserSession.user_id == user["id"])
    session_id = await session.scalar(statement)

    header = jwt.get_unverified_header(given["access_token"])
    claims = claims_of(given["access_token"])

    settings = app.state.settings
    assert header == {"alg": "HS256", "kid": own_key(app)[0], "typ": "at+jwt"}
    assert claims == {
        "iss": settings.jwt_issuer,
        "aud": settings.jwt_audience,
        "sub": f"{user['id']}",
        "sid": f"{session_id}",
        "iat": claims["iat"],
        "nbf": claims["iat"],
        "exp": claims["iat"] + 15 * 60,
    }


async def test_an_old_key_verifies_until_it_is_removed(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    before = app.state.settings
    rotated = before.model_copy(update={"jwt_keys": NEW_KEY | before.jwt_keys})
    removed = before.model_copy(update={"jwt_keys": NEW_KEY})
    old = await login_for_tokens(client, user["email"])

    with override_state(app, settings=rotated):
        new = await login_for_tokens(client, user["email"])
        while_rotating = [await token_status(client, one["access_token"]) for one in (old, new)]
    with override_state(app, settings=removed):
        afterwards = [await token_status(client, one["access_token"]) for one in (old, new)]

    assert jwt.get_unverified_header(new["access_token"])["kid"] == "next"
    assert while_rotating == [200, 200]
    assert afterwards == [401, 200]


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bearer bearer"])
async def test_another_scheme_is_401(
    client: AsyncClient,
    session: AsyncSession,
    scheme: str,
) -> None:
    user = await add_user(session)
    given = await login_for_tokens(client, user["email"])
    headers = {"Authorization": f"{scheme} {given['access_token']}"}

    response = await client.get("/auth/me", headers=headers)

    assert response.status_code == 401


async def test_an_access_token_in_the_query_or_a_cookie_is_401(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    given = await login_for_tokens(client, user["email"])
    token = {"access_token": given["access_token"]}
    headers = {"Cookie": f"access_token={given['access_token']}"}

    response = await client.get("/auth/me", params=token, headers=headers)

    assert response.status_code == 401


async def test_a_valid_token_made_by_hand_is_accepted(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
) -> None:
    status = await token_status(client, forge(app, claims))

    assert status == 200


@pytest.mark.parametrize(
    ("claim", "value"), [(k, v) for k in WRONG_CLAIMS for v in WRONG_CLAIMS[k]]
)
async def test_a_wrong_claim_is_refused(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
    claim: str,
    value: Any,
) -> None:
    status = await token_status(client, forge(app, claims | {claim: value}))

    assert status == 401


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -1), ("nbf", 30), ("iat", 30)])
async def test_an_expired_or_premature_token_is_refused(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
    claim: str,
    seconds: int,
) -> None:
    status = await token_status(client, forge(app, claims | {claim: time.time() + seconds}))

    assert status == 401


@pytest.mark.parametrize("claim", CLAIMS)
async def test_a_missing_claim_is_refused(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
    claim: str,
) -> None:
    del claims[claim]

    status = await token_status(client, forge(app, claims))

    assert status == 401


@pytest.mark.parametrize("claim", ["sub", "sid"])
async def test_a_session_of_another_user_is_refused(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    claims: dict[str, Any],
    claim: str,
) -> None:
    other = await claims_of_new_user(client, session)

    status = await token_status(client, forge(app, claims | {claim: other[claim]}))

    assert status == 401


@pytest.mark.parametrize("header", WRONG_HEADERS, ids=str)
async def test_a_wrong_header_is_refused(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
    header: dict[str, Any],
) -> None:
    status = await token_status(client, forge(app, claims, **header))

    assert status == 401


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", None])
@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
async def test_the_algorithm_none_is_refused(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
    alg: str | None,
    *,
    signed: bool,
) -> None:
    token = forge(app, claims, alg=alg)

    status = await token_status(client, token if signed else f"{token.rpartition('.')[0]}.")

    assert status == 401


async def test_another_secret_is_refused(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
) -> None:
    status = await token_status(client, forge(app, claims, secret=OTHER_SECRET))

    assert status == 401


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
async def test_another_algorithm_is_refused_even_with_the_right_secret(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
    digest: str,
) -> None:
    alg = digest.upper().replace("SHA", "HS")

    status = await token_status(client, forge(app, claims, digest=digest, alg=alg))

    assert status == 401


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
async def test_an_asymmetric_algorithm_is_refused(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
    alg: str,
) -> None:
    headers = {"kid": own_key(app)[0], "typ": "at+jwt"}

    status = await token_status(client, jwt.encode(claims, RSA_KEY, alg, headers))

    assert status == 401


@pytest.mark.parametrize("alg", ["HS256", "RS256"])
async def test_a_public_key_is_not_accepted_as_secret(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
    alg: str,
) -> None:
    status = await token_status(client, forge(app, claims, secret=PUBLIC_KEY.decode(), alg=alg))

    assert status == 401


@pytest.mark.parametrize("header", KEY_HEADERS, ids=" ".join)
async def test_a_key_in_the_token_header_is_ignored(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
    header: dict[str, Any],
) -> None:
    status = await token_status(client, forge(app, claims, secret=OTHER_SECRET, **header))

    assert status == 401


async def test_a_changed_payload_under_a_valid_signature_is_refused(
    app: FastAPI,
    client: AsyncClient,
    claims: dict[str, Any],
) -> None:
    header, _, signature = forge(app, claims).split(".")
    # Every claim is valid, so only the signature tells.
    payload = segment(claims | {"exp": claims["exp"] + 60})

    status = await token_status(client, f"{header}.{payload}.{signature}")

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
    ids=["word", "short", "dots", "deep", "list", "number"],
)
async def test_a_malformed_token_is_refused(client: AsyncClient, token: str) -> None:
    status = await token_status(client, token)

    assert status == 401


async def test_undecodable_bytes_are_refused(client: AsyncClient) -> None:
    response = await client.get("/auth/me", headers={b"Authorization": b"Bearer \xff.\xe9.\x80"})

    assert response.status_code == 401
# {% endcall %}
