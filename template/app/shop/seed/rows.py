"""Rows of the demo shop."""

from bisect import bisect_right
from datetime import datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from random import Random
from typing import Any

from app.models import OrderStatus

# Columns of a row. It refers to other rows by slug, SKU, username or order number, because only the
# database assigns keys.
Row = dict[str, Any]

CENTS = (199, 19_999)
MAX_STOCK = 200
SOLD_OUT_SHARE = 0.1
INACTIVE_SHARE = 0.05
MAX_TAGS = 4
MAX_ADDRESSES = 2
MAX_CREDIT = 50
MAX_PRODUCTS = 5
MAX_PIECES = 3
# Number of orders with each status, of ten.
STATUSES = {
    OrderStatus.PENDING: 1,
    OrderStatus.CONFIRMED: 1,
    OrderStatus.SHIPPED: 2,
    OrderStatus.DELIVERED: 5,
    OrderStatus.CANCELLED: 1,
}

# Each category with its subcategories and their products.
THINGS = {
    "Kitchen": {
        "Pans": ["Frying Pan", "Saucepan", "Wok", "Roasting Tin"],
        "Knives": ["Bread Knife", "Paring Knife", "Cleaver"],
        "Tableware": ["Bowl", "Plate", "Mug", "Jug"],
    },
    "Garden": {
        "Hand Tools": ["Trowel", "Fork", "Secateurs", "Dibber"],
        "Pots": ["Flower Pot", "Planter", "Window Box"],
        "Watering": ["Watering Can", "Hose", "Rain Gauge"],
    },
    "Office": {
        "Paper": ["Notebook", "Sketchbook", "Diary"],
        "Writing": ["Fountain Pen", "Pencil", "Marker"],
        "Desks": ["Desk", "Desk Lamp", "Bookend", "Letter Tray"],
    },
    "Outdoors": {
        "Camping": ["Tent", "Sleeping Bag", "Stove", "Lantern"],
        "Walking": ["Rucksack", "Walking Pole", "Flask"],
        "Clothes": ["Rain Jacket", "Fleece", "Wool Hat"],
    },
    "Play": {
        "Board Games": ["Draughts", "Dominoes", "Backgammon"],
        "Puzzles": ["Jigsaw", "Tangram", "Marble Maze"],
        "Outside": ["Kite", "Skipping Rope", "Boules"],
    },
}
QUALITIES = ["Classic", "Compact", "Everyday", "Heavy", "Light", "Quiet", "Simple", "Sturdy"]
MATERIALS = ["Ash", "Bamboo", "Canvas", "Copper", "Cork", "Enamel", "Linen", "Oak", "Steel", "Tin"]
TAGS = [
    *("Bestseller", "Fair Trade", "For Beginners", "For Two", "Gift", "Handmade", "Local"),
    *("Last Chance", "New", "Recycled", "Repairable", "Seasonal", "Small Batch", "Vegan"),
]
FIRST_NAMES = [
    *("Ada", "Amir", "Bea", "Chidi", "Dana", "Elif", "Emil", "Farah", "Goran", "Hana"),
    *("Ines", "Jonas", "Kaya", "Lena", "Luca", "Mei", "Nils", "Noor", "Olga", "Pavel"),
    *("Quinn", "Rosa", "Sami", "Tara", "Uma", "Viktor", "Wanda", "Yara", "Yusuf", "Zoe"),
]
LAST_NAMES = [
    *("Alderwick", "Bramfield", "Corvane", "Dunmore", "Eastholm", "Fennimark", "Greywell"),
    *("Hollowby", "Ivarden", "Jesperlund", "Kettleby", "Lindqvar", "Marrowdale", "Northam"),
    *("Oakhollow", "Pellinor", "Quillfeather", "Rookley", "Silverton", "Thornbeck", "Umberley"),
]
STREETS = ["Bridge Street", "Canal Road", "Hill Lane", "Market Square", "Mill Road", "Station Way"]
CITIES = {"AT": "Graz", "DE": "Bremen", "FR": "Lyon", "IE": "Cork", "IT": "Parma", "NL": "Utrecht"}


def year_before(until: datetime) -> datetime:
    """Opening of the shop."""
    return until - timedelta(days=365)


def moments(random: Random, number: int, until: datetime) -> list[datetime]:
    """Random times of that year, in order."""
    opened = year_before(until)
    year = int((until - opened).total_seconds())
    return sorted(opened + timedelta(seconds=random.randrange(year)) for _ in range(number))


def _stamps(made: datetime) -> Row:
    return {"created_at": made, "updated_at": made}


def made_by(rows: list[Row], moment: datetime) -> int:
    """Number of rows that exist at a time. The rows are in the order of their creation."""
    return bisect_right(rows, moment, key=itemgetter("created_at"))


def slug_of(name: str) -> str:
    """Slug of a name."""
    return name.lower().replace(" ", "-")


def build_categories(until: datetime) -> list[Row]:
    """Build the tree of categories, parents first."""
    rows: list[Row] = []
    for root, inner in THINGS.items():
        rows.append(_category(root, slug_of(root), None, until))
        for name in inner:
            slug = f"{slug_of(root)}-{slug_of(name)}"
            rows.append(_category(name, slug, slug_of(root), until))
    return rows


def _category(name: str, slug: str, parent: str | None, until: datetime) -> Row:
    description = f"All about {name.lower()}."
    columns = {"name": name, "slug": slug, "description": description, "parent_id": parent}
    return columns | _stamps(year_before(until))


def build_tags(until: datetime) -> list[Row]:
    """Build the tags."""
    stamps = _stamps(year_before(until))
    return [{"name": name, "slug": slug_of(name)} | stamps for name in TAGS]


def build_products(random: Random, number: int, until: datetime) -> list[Row]:
    """Build products: most in stock, some sold out, a few inactive."""
    shelves = [
        (f"{slug_of(root)}-{slug_of(name)}", things)
        for root, inner in THINGS.items()
        for name, things in inner.items()
    ]
    made = enumerate(moments(random, number, until), 1)
    return [_product(random, count, random.choice(shelves), moment) for count, moment in made]


def _product(random: Random, count: int, shelf: tuple[str, list[str]], made: datetime) -> Row:
    category, things = shelf
    thing = random.choice(things)
    parts = (random.choice(QUALITIES), random.choice(MATERIALS), thing)
    name = " ".join(parts)
    sold_out = random.random() < SOLD_OUT_SHARE
    return {
        "name": name,
        "slug": f"{slug_of(name)}-{count}",
        "sku": f"{thing[:3].upper()}-{count:05}",
        "description": f"A {name.lower()} that lasts.",
        "price": Decimal(random.randint(*CENTS)).scaleb(-2),
        "stock_quantity": 0 if sold_out else random.randint(1, MAX_STOCK),
        "is_active": random.random() >= INACTIVE_SHARE,
        "category_id": category,
        "version": 1,
    } | _stamps(made)


def build_product_tags(random: Random, products: list[Row], tags: list[Row]) -> list[Row]:
    """Build the links between products and tags."""
    return [
        {"product_id": product["sku"], "tag_id": tag["slug"]}
        for product in products
        for tag in random.sample(tags, random.randint(0, MAX_TAGS))
    ]


def build_users(random: Random, number: int, until: datetime) -> list[Row]:
    """Build users."""
    made = moments(random, number, until)
    return [_user(random, count, moment) for count, moment in enumerate(made, 1)]


def _user(random: Random, count: int, made: datetime) -> Row:
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    username = f"{first}{last}{count}".lower()
    return {
        "username": username,
        "email": f"{username}@example.com",
        "full_name": f"{first} {last}",
        "bio": f"Buys from {random.choice(list(THINGS)).lower()}.",
        "store_credit": Decimal(random.randint(0, MAX_CREDIT)),
        "is_active": random.random() >= INACTIVE_SHARE,
    } | _stamps(made)


def build_addresses(random: Random, users: list[Row]) -> list[Row]:
    """Build one address or two for each user."""
    return [
        _address(random, user) for user in users for _ in range(random.randint(1, MAX_ADDRESSES))
    ]


def _address(random: Random, user: Row) -> Row:
    country = random.choice(list(CITIES))
    return {
        "user_id": user["username"],
        "street": f"{random.randint(1, 120)} {random.choice(STREETS)}",
        "city": CITIES[country],
        "postal_code": f"{random.randint(10_000, 99_999)}",
        "country": country,
    } | _stamps(user["created_at"])


def build_orders(
    random: Random,
    number: int,
    addresses: list[Row],
    products: list[Row],
    until: datetime,
) -> tuple[list[Row], list[Row]]:
    """Build orders and their items. An order is newer than its user and its products."""
    orders: list[Row] = []
    items: list[Row] = []
    first = max(addresses[0]["created_at"], products[0]["created_at"])
    for count, moment in enumerate(moments(random, number, until), 1):
        made = max(moment, first)
        address = addresses[random.randrange(made_by(addresses, made))]
        order = _order(random, f"{made:%Y%m%d}-{count:06}", address, made)
        offered = range(made_by(products, made))
        chosen = random.sample(offered, min(random.randint(1, MAX_PRODUCTS), len(offered)))
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
    } | _stamps(made)


def _item(random: Random, order: Row, product: Row) -> Row:
    quantity = random.randint(1, MAX_PIECES)
    return {
        "order_id": order["order_number"],
        "product_id": product["sku"],
        "quantity": quantity,
        "unit_price": product["price"],
        "total_price": product["price"] * quantity,
    }
