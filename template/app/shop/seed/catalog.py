"""Categories, tags and products of a made-up shop."""

from datetime import datetime
from decimal import Decimal
from random import Random

from app.shop.seed import words
from app.shop.seed.rows import Row, moments, year_before

CENTS = (199, 19_999)
MOST_STOCK = 200
SOLD_OUT_SHARE = 0.1
INACTIVE_SHARE = 0.05
MOST_TAGS = 4


def slug_of(name: str) -> str:
    """Return a name as it stands in an address."""
    return name.lower().replace(" ", "-")


def build_categories(until: datetime) -> list[Row]:
    """Return the tree, each category after the one that it is in."""
    rows: list[Row] = []
    for root, inner in words.THINGS.items():
        rows.append(_category(root, slug_of(root), None, until))
        for name in inner:
            slug = f"{slug_of(root)}-{slug_of(name)}"
            rows.append(_category(name, slug, slug_of(root), until))
    return rows


def _category(name: str, slug: str, parent: str | None, until: datetime) -> Row:
    made = year_before(until)
    description = f"All about {name.lower()}."
    stamps = {"created_at": made, "updated_at": made}
    return {"name": name, "slug": slug, "description": description, "parent_id": parent} | stamps


def build_tags(until: datetime) -> list[Row]:
    """Return every tag."""
    made = year_before(until)
    stamps = {"created_at": made, "updated_at": made}
    return [{"name": name, "slug": slug_of(name)} | stamps for name in words.TAGS]


def build_products(random: Random, number: int, until: datetime) -> list[Row]:
    """Return so many products: most in stock, some sold out, a few no longer offered."""
    shelves = [
        (f"{slug_of(root)}-{slug_of(name)}", things)
        for root, inner in words.THINGS.items()
        for name, things in inner.items()
    ]
    made = enumerate(moments(random, number, until), 1)
    return [_product(random, count, random.choice(shelves), moment) for count, moment in made]


def _product(random: Random, count: int, shelf: tuple[str, list[str]], made: datetime) -> Row:
    category, things = shelf
    thing = random.choice(things)
    parts = (random.choice(words.QUALITIES), random.choice(words.MATERIALS), thing)
    name = " ".join(parts)
    sold_out = random.random() < SOLD_OUT_SHARE
    return {
        "name": name,
        "slug": f"{slug_of(name)}-{count}",
        "sku": f"{thing[:3].upper()}-{count:05}",
        "description": f"A {name.lower()} that lasts.",
        "price": Decimal(random.randint(*CENTS)).scaleb(-2),
        "stock_quantity": 0 if sold_out else random.randint(1, MOST_STOCK),
        "is_active": random.random() >= INACTIVE_SHARE,
        "category_id": category,
        "version": 1,
        "created_at": made,
        "updated_at": made,
    }


def build_product_tags(random: Random, products: list[Row], tags: list[Row]) -> list[Row]:
    """Return which product carries which tags."""
    return [
        {"product_id": product["sku"], "tag_id": tag["slug"]}
        for product in products
        for tag in random.sample(tags, random.randint(0, MOST_TAGS))
    ]
