# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Who names the version that was seen cannot undo somebody else's change."""

import pytest
from httpx2 import AsyncClient

from tests.factories import create_product, product_data

METHODS = ["PUT", "PATCH", "DELETE"]


def body_for(method: str) -> dict[str, str] | None:
    return None if method == "DELETE" else product_data(name="New")


async def test_each_answer_about_one_product_tells_its_version(client: AsyncClient) -> None:
    data = product_data()

    created = await client.post("/products", json=data)
    path = created.headers["Location"]
    read = await client.get(path)
    by_slug = await client.get(f"/products/slug/{data['slug']}")
    by_sku = await client.get(f"/products/sku/{data['sku']}")

    answers = (created, read, by_slug, by_sku)
    assert {answer.headers["ETag"] for answer in answers} == {'"1"'}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_change_gives_a_new_version(client: AsyncClient, method: str) -> None:
    created = await client.post("/products", json=product_data())
    path = created.headers["Location"]

    changed = await client.request(method, path, json=body_for(method))
    read = await client.get(path)

    assert changed.headers["ETag"] != created.headers["ETag"]
    assert read.headers["ETag"] == changed.headers["ETag"]


@pytest.mark.parametrize(
    "condition",
    ["{tag}", "*", '"0", {tag}, "99"'],
    ids=["version", "any", "list"],
)
@pytest.mark.parametrize("method", METHODS)
async def test_the_current_version_may_be_changed(
    client: AsyncClient,
    method: str,
    condition: str,
) -> None:
    created = await client.post("/products", json=product_data())
    headers = {"If-Match": condition.format(tag=created.headers["ETag"])}
    path = created.headers["Location"]

    response = await client.request(method, path, headers=headers, json=body_for(method))

    assert response.status_code in {200, 204}


@pytest.mark.parametrize("method", METHODS)
async def test_an_old_version_is_412_and_nothing_changes(client: AsyncClient, method: str) -> None:
    created = await client.post("/products", json=product_data())
    path = created.headers["Location"]
    await client.patch(path, json={"stock_quantity": 3})
    before = await client.get(path)
    headers = {"If-Match": created.headers["ETag"]}

    response = await client.request(method, path, headers=headers, json=body_for(method))
    after = await client.get(path)

    assert response.status_code == 412
    assert before.headers["ETag"] in response.json()["detail"]
    assert after.json() == before.json()
    assert after.headers["ETag"] == before.headers["ETag"]


@pytest.mark.parametrize("method", METHODS)
async def test_without_a_condition_the_last_one_wins(client: AsyncClient, method: str) -> None:
    product = await create_product(client)
    path = f"/products/{product['id']}"
    await client.patch(path, json={"stock_quantity": 3})

    response = await client.request(method, path, json=body_for(method))

    assert response.status_code in {200, 204}


@pytest.mark.parametrize("method", METHODS)
async def test_a_product_that_is_not_there_is_404_whatever_the_condition(
    client: AsyncClient,
    method: str,
) -> None:
    headers = {"If-Match": '"1"'}

    response = await client.request(
        method,
        "/products/4611686018427387904",
        headers=headers,
        json=body_for(method),
    )

    assert response.status_code == 404
# {% endcall %}
