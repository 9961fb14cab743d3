"""Concurrent orders and cancellations, on real connections."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from httpx2 import Response
from sqlalchemy.orm import Session

from app.database.migration import build_migration_engine
from app.models import User
from tests import credentials
from tests.factories import user_data
from tests.live import LiveService
from tests.shop.factories import order_body, product_data

CUSTOMERS = 50
ORDERS = 20
CANCELLATIONS = 10


def add_customer(live: LiveService) -> int:
    """Store a user for whom `member_headers` act; return the id."""
    with Session(build_migration_engine(live.app.state.settings)) as session:
        user = User(**user_data())
        session.add(user)
        session.flush()
        # {% if auth != "none" %}
        session.add_all(credentials.member_credentials(user.id))
        # {% endif %}
        session.commit()
        return user.id


def add_product(live: LiveService, **fields: Any) -> int:
    """Store a product; return its id."""
    key: int = live.staff_client.post("/products", json=product_data(**fields)).json()["id"]
    return key


def stock_of(live: LiveService, product_id: int) -> int:
    left: int = live.staff_client.get(f"/products/{product_id}").json()["stock_quantity"]
    return left


def place_order(live: LiveService, user_id: int, *lines: tuple[int, int]) -> Response:
    body, headers = order_body(user_id, *lines), credentials.member_headers(user_id)
    return live.staff_client.post("/orders", json=body, headers=headers)


def statuses(responses: Iterable[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def test_concurrent_orders_never_oversell(live: LiveService) -> None:
    user_id, product_id = add_customer(live), add_product(live, stock_quantity=30)

    responses = live.at_once(lambda _number: place_order(live, user_id, (product_id, 1)), CUSTOMERS)

    assert statuses(responses) == {201: 30, 409: CUSTOMERS - 30}
    assert stock_of(live, product_id) == 0


def test_concurrent_orders_sell_the_whole_stock(live: LiveService) -> None:
    users = [add_customer(live) for _ in range(ORDERS)]
    product_id = add_product(live, stock_quantity=ORDERS)

    responses = live.at_once(
        lambda number: place_order(live, users[number], (product_id, 1)),
        ORDERS,
    )

    numbers = {response.json()["order_number"] for response in responses}
    assert statuses(responses) == {201: ORDERS}
    assert len(numbers) == ORDERS
    assert stock_of(live, product_id) == 0


def test_orders_of_products_in_opposite_order_do_not_deadlock(live: LiveService) -> None:
    user_id = add_customer(live)
    lines = [(add_product(live, stock_quantity=ORDERS - 5), 1) for _ in range(2)]

    def buy(number: int) -> Response:
        return place_order(live, user_id, *(reversed(lines) if number % 2 else lines))

    responses = live.at_once(buy, ORDERS)

    assert statuses(responses) == {201: ORDERS - 5, 409: 5}
    assert [stock_of(live, product_id) for product_id, _ in lines] == [0, 0]


def test_concurrent_cancellations_release_stock_once(live: LiveService) -> None:
    user_id, product_id = add_customer(live), add_product(live, stock_quantity=7)
    path = place_order(live, user_id, (product_id, 4)).headers["Location"]

    def cancel(_number: int) -> Response:
        return live.staff_client.patch(f"{path}/status", json={"status": "cancelled"})

    responses = live.at_once(cancel, CANCELLATIONS)

    assert statuses(responses) == {200: 1, 409: CANCELLATIONS - 1}
    assert stock_of(live, product_id) == 7


def test_concurrent_orders_and_cancellations_keep_stock_exact(live: LiveService) -> None:
    user_id = add_customer(live)
    lines = [(add_product(live, stock_quantity=100), 2) for _ in range(2)]
    paths = [place_order(live, user_id, *lines).headers["Location"] for _ in range(CANCELLATIONS)]

    def buy_or_cancel(number: int) -> Response:
        if number % 2:
            return place_order(live, user_id, *reversed(lines))
        return live.staff_client.patch(f"{paths[number // 2]}/status", json={"status": "cancelled"})

    responses = live.at_once(buy_or_cancel, 2 * CANCELLATIONS)

    assert statuses(responses) == {200: CANCELLATIONS, 201: CANCELLATIONS}
    assert [stock_of(live, product_id) for product_id, _ in lines] == [80, 80]
