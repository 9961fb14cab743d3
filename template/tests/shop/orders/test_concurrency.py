# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% call with_accounts(auth) %}
"""Many clients who buy and cancel at the same time, on real connections."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from httpx2 import Response
from sqlalchemy.orm import Session

from app.database.migration import build_migration_engine
from app.models import User
from tests.factories import product_data, user_data
from tests.live import LiveService
from tests.shop.orders.shopping import order_data
from tests.staff import credentials, key_of

BUYERS = 50
CARTS = 20
CANCELS = 10


def add_user(live: LiveService) -> int:
    """Store a user and return the key."""
    with Session(build_migration_engine(live.app.state.settings)) as session:
        user = User(**user_data())
        session.add(user)
        # {% if auth != "none" %}
        session.flush()
        session.add_all(credentials(user.id))
        # {% endif %}
        session.commit()
        return user.id


def add_product(live: LiveService, **fields: Any) -> int:
    """Store a product and return the key."""
    key: int = live.client.post("/products", json=product_data(**fields)).json()["id"]
    return key


def stock_of(live: LiveService, product_id: int) -> int:
    left: int = live.client.get(f"/products/{product_id}").json()["stock_quantity"]
    return left


def place(live: LiveService, user_id: int, *lines: tuple[int, int]) -> Response:
    return live.client.post("/orders", json=order_data(user_id, *lines), headers=key_of(user_id))


def statuses(responses: Iterable[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def test_never_more_is_sold_than_there_is(live: LiveService) -> None:
    user_id, product_id = add_user(live), add_product(live, stock_quantity=30)

    responses = live.at_once(lambda _number: place(live, user_id, (product_id, 1)), BUYERS)

    assert statuses(responses) == {201: 30, 409: BUYERS - 30}
    assert stock_of(live, product_id) == 0


def test_each_of_many_buyers_gets_a_product_of_the_last_ones(live: LiveService) -> None:
    users = [add_user(live) for _ in range(CARTS)]
    product_id = add_product(live, stock_quantity=CARTS)

    responses = live.at_once(lambda number: place(live, users[number], (product_id, 1)), CARTS)

    numbers = {response.json()["order_number"] for response in responses}
    assert statuses(responses) == {201: CARTS}
    assert len(numbers) == CARTS
    assert stock_of(live, product_id) == 0


def test_carts_in_opposite_order_do_not_stop_each_other(live: LiveService) -> None:
    user_id = add_user(live)
    lines = [(add_product(live, stock_quantity=CARTS - 5), 1) for _ in range(2)]

    def buy(number: int) -> Response:
        return place(live, user_id, *(reversed(lines) if number % 2 else lines))

    responses = live.at_once(buy, CARTS)

    assert statuses(responses) == {201: CARTS - 5, 409: 5}
    assert [stock_of(live, product_id) for product_id, _ in lines] == [0, 0]


def test_an_order_is_cancelled_once_and_its_items_come_back_once(live: LiveService) -> None:
    user_id, product_id = add_user(live), add_product(live, stock_quantity=7)
    path = place(live, user_id, (product_id, 4)).headers["Location"]

    def cancel(_number: int) -> Response:
        return live.client.patch(f"{path}/status", json={"status": "cancelled"})

    responses = live.at_once(cancel, CANCELS)

    assert statuses(responses) == {200: 1, 409: CANCELS - 1}
    assert stock_of(live, product_id) == 7


def test_buying_and_cancelling_at_once_keeps_the_stock_exact(live: LiveService) -> None:
    user_id = add_user(live)
    lines = [(add_product(live, stock_quantity=100), 2) for _ in range(2)]
    paths = [place(live, user_id, *lines).headers["Location"] for _ in range(CANCELS)]

    def buy_or_cancel(number: int) -> Response:
        if number % 2:
            return place(live, user_id, *reversed(lines))
        return live.client.patch(f"{paths[number // 2]}/status", json={"status": "cancelled"})

    responses = live.at_once(buy_or_cancel, 2 * CANCELS)

    assert statuses(responses) == {200: CANCELS, 201: CANCELS}
    assert [stock_of(live, product_id) for product_id, _ in lines] == [80, 80]
# {% endcall %}
