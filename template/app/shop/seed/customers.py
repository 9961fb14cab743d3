"""Users, their addresses and their orders of a made-up shop."""

from datetime import datetime
from decimal import Decimal
from random import Random

from app.models import OrderStatus
from app.shop.seed import words
from app.shop.seed.rows import Row, made_by, moments

INACTIVE_SHARE = 0.05
MOST_ADDRESSES = 2
MOST_CREDIT = 50
MOST_PRODUCTS = 5
MOST_PIECES = 3
# How many of ten orders are at each step.
STATUSES = {
    OrderStatus.PENDING: 1,
    OrderStatus.CONFIRMED: 1,
    OrderStatus.SHIPPED: 2,
    OrderStatus.DELIVERED: 5,
    OrderStatus.CANCELLED: 1,
}


def build_users(random: Random, number: int, until: datetime) -> list[Row]:
    """Return so many users."""
    made = moments(random, number, until)
    return [_user(random, count, moment) for count, moment in enumerate(made, 1)]


def _user(random: Random, count: int, made: datetime) -> Row:
    first, last = random.choice(words.FIRST_NAMES), random.choice(words.LAST_NAMES)
    username = f"{first}{last}{count}".lower()
    return {
        "username": username,
        "email": f"{username}@example.com",
        "full_name": f"{first} {last}",
        "bio": f"Buys from {random.choice(list(words.THINGS)).lower()}.",
        "store_credit": Decimal(random.randint(0, MOST_CREDIT)),
        "is_active": random.random() >= INACTIVE_SHARE,
        "created_at": made,
        "updated_at": made,
    }


def build_addresses(random: Random, users: list[Row]) -> list[Row]:
    """Return one address or two for each user."""
    return [
        _address(random, user) for user in users for _ in range(random.randint(1, MOST_ADDRESSES))
    ]


def _address(random: Random, user: Row) -> Row:
    country = random.choice(list(words.CITIES))
    return {
        "user_id": user["username"],
        "street": f"{random.randint(1, 120)} {random.choice(words.STREETS)}",
        "city": words.CITIES[country],
        "postal_code": f"{random.randint(10_000, 99_999)}",
        "country": country,
        "created_at": user["created_at"],
        "updated_at": user["created_at"],
    }


def build_orders(
    random: Random,
    number: int,
    addresses: list[Row],
    products: list[Row],
    until: datetime,
) -> tuple[list[Row], list[Row]]:
    """Return so many orders, and their items: nobody buys what is not there yet."""
    orders: list[Row] = []
    items: list[Row] = []
    first = max(addresses[0]["created_at"], products[0]["created_at"])
    for count, moment in enumerate(moments(random, number, until), 1):
        made = max(moment, first)
        address = addresses[random.randrange(made_by(addresses, made))]
        order = _order(random, f"{made:%Y%m%d}-{count:06}", address, made)
        offered = range(made_by(products, made))
        chosen = random.sample(offered, min(random.randint(1, MOST_PRODUCTS), len(offered)))
        own = [_item(random, order, products[place]) for place in chosen]
        orders.append(order | {"total_amount": sum(item["total_price"] for item in own)})
        items += own
    return orders, items


def _order(random: Random, number: str, address: Row, made: datetime) -> Row:
    [status] = random.choices(list(STATUSES), list(STATUSES.values()))
    lines = (address["street"], f"{address['postal_code']} {address['city']}", address["country"])
    return {
        "order_number": number,
        "user_id": address["user_id"],
        "status": status,
        "shipping_address": "\n".join(lines),
        "created_at": made,
        "updated_at": made,
    }


def _item(random: Random, order: Row, product: Row) -> Row:
    quantity = random.randint(1, MOST_PIECES)
    return {
        "order_id": order["order_number"],
        "product_id": product["sku"],
        "quantity": quantity,
        "unit_price": product["price"],
        "total_price": product["price"] * quantity,
    }
