# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Hostile input for users is rejected with a reason and never fails."""

import json

import pytest
from httpx2 import AsyncClient

from tests.factories import create_user, user_data

JSON = {"Content-Type": "application/json"}
# A field and its value as JSON text, because Python cannot represent all of them.
FIELDS = {
    "NUL in a name": ("full_name", r'"nul \u0000 byte"'),
    "NUL in a username": ("username", r'"ada\u0000"'),
    "half a character": ("full_name", r'"half \ud800"'),
    "the other half": ("bio", r'"\udfff"'),
    "halves in wrong order": ("bio", r'"\ude00\ud83d"'),
    "much text": ("bio", '"' + "x" * 100_000 + '"'),
    "SQL for a username": ("username", '"x\'; DROP TABLE users; --"'),
    "a header in an e-mail address": ("email", r'"ada@example.com\r\nBcc: eve@example.com"'),
    "a list": ("full_name", "[]"),
    "an object": ("email", '{"$gt": 0}'),
    "not a truth value": ("is_active", "2"),
    "not a number": ("is_active", "NaN"),
}
BODIES = {
    "empty": b"",
    "not UTF-8": b'{"username": "\xff\xfe"}',
    "cut off": b'{"username": "ad',
    "deep list": b"[" * 50_000,
    "deep object": b'{"username":' * 50_000,
    "a list": b"[]",
    "null": b"null",
    "NUL bytes": b"\0" * 100,
    "key with half a character": rb'{"\ud800": 1}',
    "key that Python uses": b'{"__class__": 1}',
}
QUERIES = {
    "negative page": "page=-1",
    "page beyond 64 bits": f"page={2**63}",
    "page of 10^5000": "page=1" + "0" * 5000,
    "page that is no number": "page=NaN",
    "NUL in a search": "search=%00",
    "SQL for a sort": "sort=username;DROP TABLE users",
    "a sort that Python has": "sort=__class__",
    "a list for a number": "page[]=1",
}
PATHS = {
    "zero": ("0", 422),
    "beyond 64 bits": (f"{2**63}", 422),
    "10^5000": ("1" + "0" * 5000, 422),
    "the largest key": ("92" + "0" * 17, 404),
    "exponent": ("1e3", 422),
    "NUL": ("%00", 422),
    "SQL": ("1%20OR%201=1", 422),
}
TEXTS = {
    "emoji": "\N{GRINNING FACE}\N{ZERO WIDTH JOINER}\N{ROCKET}",
    "right to left": "\N{RIGHT-TO-LEFT OVERRIDE}\N{HEBREW LETTER ALEF}\N{ARABIC LETTER BEH}",
    "SQL": "Robert'); DROP TABLE users; -- \" ` \\ %s :name {0}",
    "control characters": "tab\tline\nreturn\rbell\aescape\x1b",
    "last code point": "\U0010ffff \ufffe",
}


@pytest.mark.parametrize(("field", "value"), FIELDS.values(), ids=FIELDS.keys())
async def test_hostile_field_is_422_and_named(
    staff_client: AsyncClient,
    field: str,
    value: str,
) -> None:
    change = "{" + f'"{field}": {value}' + "}"
    # JSON parsers keep the last of two equal keys, so this replaces the field.
    user = json.dumps(user_data()).replace("}", ", " + change.removeprefix("{"))

    created = await staff_client.post("/users", content=user, headers=JSON)
    changed = await staff_client.patch("/users/1", content=change, headers=JSON)

    for response in (created, changed):
        assert response.status_code == 422
        assert response.headers["Content-Type"] == "application/problem+json"
        assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_malformed_body_is_rejected(staff_client: AsyncClient, body: bytes) -> None:
    response = await staff_client.post("/users", content=body, headers=JSON)

    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
async def test_hostile_query_parameter_is_422(staff_client: AsyncClient, query: str) -> None:
    response = await staff_client.get(f"/users?{query}")

    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("path", "status"), PATHS.values(), ids=PATHS.keys())
async def test_hostile_user_id_finds_no_user(
    staff_client: AsyncClient,
    path: str,
    status: int,
) -> None:
    response = await staff_client.get(f"/users/{path}")

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_unusual_text_is_returned_unchanged(staff_client: AsyncClient, text: str) -> None:
    created = await create_user(staff_client, full_name=text, bio=text)
    found = await staff_client.get(f"/users/{created['id']}")

    assert (found.json()["full_name"], found.json()["bio"]) == (text, text)
# {% endcall %}
