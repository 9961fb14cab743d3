# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Hostile input is rejected with a reason and never fails."""

import json

import pytest
from httpx2 import AsyncClient

from tests.shop.factories import category_data, create_product, product_data

JSON = {"Content-Type": "application/json"}
# A field and its value as JSON text, because Python cannot represent all of them.
FIELDS = {
    "NUL in a name": ("name", r'"nul \u0000 byte"'),
    "NUL in a description": ("description", r'"\u0000"'),
    "NUL in a slug": ("slug", r'"a\u0000"'),
    "half a character": ("name", r'"half \ud800"'),
    "the other half": ("description", r'"\udfff"'),
    "halves in wrong order": ("description", r'"\ude00\ud83d"'),
    "text too long": ("name", '"' + "x" * 201 + '"'),
    "much text": ("description", '"' + "x" * 100_000 + '"'),
    "SQL for a slug": ("slug", '"x\'; DROP TABLE products; --"'),
    "beyond 32 bits": ("stock_quantity", f"{2**31}"),
    "beyond 64 bits": ("stock_quantity", f"{2**63}"),
    "a key beyond 64 bits": ("category_id", f"{2**63}"),
    "10^400": ("category_id", "1" + "0" * 400),
    "-10^400": ("stock_quantity", "-1" + "0" * 400),
    "1e400": ("price", "1e400"),
    "1e400 for a count": ("stock_quantity", "1e400"),
    "1e400 as text": ("price", '"1e400"'),
    "1e-400": ("price", '"1e-400"'),
    "1e999999999 as text": ("price", '"1e999999999"'),
    "numeric overflow": ("price", "10000000000"),
    "not a number": ("price", "NaN"),
    "not a number as text": ("price", '"sNaN"'),
    "infinity": ("price", "Infinity"),
    "minus infinity": ("stock_quantity", "-Infinity"),
    "a list": ("name", "[]"),
    "an object": ("price", '{"$gt": 0}'),
    "not a truth value": ("is_active", "2"),
}
BODIES = {
    "empty": b"",
    "not UTF-8": b'{"name": "\xff\xfe"}',
    "cut off": b'{"name": "Lam',
    "10^5000": b'{"stock_quantity": 1' + b"0" * 5000 + b"}",
    "deep list": b"[" * 50_000,
    "deep object": b'{"name":' * 50_000,
    "a list": b"[]",
    "a text": b'"product"',
    "null": b"null",
    "NUL bytes": b"\0" * 100,
    "key with half a character": rb'{"\ud800": 1}',
    "key that Python uses": b'{"__class__": 1}',
}
QUERIES = {
    "negative page": "page=-1",
    "negative limit": "page_size=-1",
    "page beyond 64 bits": f"page={2**63}",
    "page of 10^400": "page=1" + "0" * 400,
    "page of 10^5000": "page=1" + "0" * 5000,
    "page that is no number": "page=NaN",
    "page in exponents": "page=1e3",
    "key beyond 64 bits": f"category_id={2**63}",
    "price not a number": "min_price=NaN",
    "price infinite": "max_price=Infinity",
    "price of 1e400": "min_price=1e400",
    "NUL in a search": "search=%00",
    "search too long": "search=" + "x" * 101,
    "SQL for a sort": "sort=name;DROP TABLE products",
    "a sort that Python has": "sort=__class__",
    "a list for a number": "page[]=1",
}
PATHS = {
    "zero": ("0", 422),
    "negative": ("-1", 422),
    "beyond 64 bits": (f"{2**63}", 422),
    "10^400": ("1" + "0" * 400, 422),
    "10^5000": ("1" + "0" * 5000, 422),
    "the largest key": ("92" + "0" * 17, 404),
    "beyond the largest key": ("92" + "0" * 16 + "1", 422),
    "exponent": ("1e3", 422),
    "not a number": ("NaN", 422),
    "NUL": ("%00", 422),
    "SQL": ("1%20OR%201=1", 422),
    "SQL in a slug": ("slug/'%20OR%20''='", 404),
    "very long slug": ("slug/" + "x" * 5000, 404),
    "not UTF-8": ("slug/%ff%fe", 404),
    "half a character": ("slug/%ed%a0%80", 404),
    "emoji": ("slug/%F0%9F%98%80", 404),
}
CONDITIONS = {
    "too long": (b"x" * 201, 422),
    "not ASCII": (b"\xff\xfe", 412),
    "a huge number": (b'"' + b"9" * 190 + b'"', 412),
    "many commas": (b"," * 200, 412),
    "quotes": (b'"""', 412),
}
TEXTS = {
    "emoji": "\N{GRINNING FACE}\N{ZERO WIDTH JOINER}\N{ROCKET}",
    "right to left": "\N{RIGHT-TO-LEFT OVERRIDE}\N{HEBREW LETTER ALEF}\N{ARABIC LETTER BEH}",
    "combining": "e\N{COMBINING ACUTE ACCENT} \N{LATIN SMALL LETTER E WITH ACUTE}",
    "SQL": "Robert'); DROP TABLE products; -- \" ` \\ %s :name {0}",
    "HTML": "<script>alert(1)</script> &amp;",
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
    product = json.dumps(product_data()).replace("}", ", " + change.removeprefix("{"))

    created = await staff_client.post("/products", content=product, headers=JSON)
    changed = await staff_client.patch("/products/1", content=change, headers=JSON)

    for response in (created, changed):
        assert response.status_code == 422
        assert response.headers["Content-Type"] == "application/problem+json"
        assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_malformed_body_is_rejected(
    staff_client: AsyncClient,
    body: bytes,
) -> None:
    product = await staff_client.post("/products", content=body, headers=JSON)
    category = await staff_client.post("/categories", content=body, headers=JSON)

    for response in (product, category):
        assert response.status_code in {400, 422}
        assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "nonsense", ""])
async def test_body_of_another_content_type_is_rejected(
    staff_client: AsyncClient,
    content_type: str,
) -> None:
    body = json.dumps(product_data())
    headers = {"Content-Type": content_type}

    response = await staff_client.post("/products", content=body, headers=headers)

    assert response.status_code == 422


async def test_form_is_rejected(staff_client: AsyncClient) -> None:
    response = await staff_client.post("/products", data=product_data())

    assert response.status_code == 422


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
async def test_hostile_query_parameter_is_422(client: AsyncClient, query: str) -> None:
    response = await client.get(f"/products?{query}")

    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"


async def test_search_for_a_lone_surrogate_finds_nothing(client: AsyncClient) -> None:
    response = await client.get("/products?search=%ed%a0%80")

    assert response.status_code == 200
    assert response.json()["total"] == 0


@pytest.mark.parametrize(("path", "status"), PATHS.values(), ids=PATHS.keys())
async def test_hostile_path_finds_nothing(client: AsyncClient, path: str, status: int) -> None:
    product = await client.get(f"/products/{path}")
    category = await client.get(f"/categories/{path}")

    for response in (product, category):
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["products/slug", "products/sku", "categories/slug"])
async def test_nul_byte_in_a_path_finds_nothing(client: AsyncClient, path: str) -> None:
    response = await client.get(f"/{path}/%00")

    # Some databases search for it, others reject it.
    assert response.status_code in {404, 422}


@pytest.mark.parametrize(("condition", "status"), CONDITIONS.values(), ids=CONDITIONS.keys())
async def test_hostile_if_match_changes_nothing(
    client: AsyncClient,
    staff_client: AsyncClient,
    condition: bytes,
    status: int,
) -> None:
    product = await create_product(staff_client)
    path = f"/products/{product['id']}"
    headers = {b"If-Match": condition}

    response = await staff_client.patch(path, json={"name": "New"}, headers=headers)
    found = await client.get(path)

    assert response.status_code == status
    assert found.json()["name"] == product["name"]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_unusual_text_is_returned_unchanged(
    client: AsyncClient,
    staff_client: AsyncClient,
    text: str,
) -> None:
    created = await staff_client.post(
        "/categories",
        json=category_data(name=text, description=text),
    )
    found = await client.get(created.headers["Location"])

    assert created.status_code == 201
    assert (found.json()["name"], found.json()["description"]) == (text, text)
# {% endcall %}
