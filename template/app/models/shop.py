"""Tables of the shop: catalog, addresses, orders and transfers."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    column,
)
from sqlalchemy.dialects.mysql import VARCHAR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, SoftDeleted, Timestamped, Versioned
from app.models.user import User

# Whether an index can hold some rows only. Where not, it holds all of them.
PARTIAL_INDEXES = {{ dialect.partial_index }}


def case_sensitive_string(length: int) -> String:
    """Type of text that equals nothing but itself.

    By default, MySQL and MariaDB compare `LAMP`, `Lämp` and `lamp` as equal.
    """
    mysql = VARCHAR(length, collation="utf8mb4_0900_bin")
    mariadb = VARCHAR(length, collation="utf8mb4_nopad_bin")
    return String(length).with_variant(mysql, "mysql").with_variant(mariadb, "mariadb")


def only_where(condition: ColumnElement[bool]) -> dict[str, Any]:
    """Option that limits an index to the rows that meet a condition.

    Write it exactly as queries do: the database uses the index only where it recognises it.
    """
    return {"{{ dialect.name }}_where": condition} if PARTIAL_INDEXES else {}


class Category(Identified, Timestamped, Base):
    """A category of products. It can have a parent."""

    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("parent_id", "name"),)

    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(case_sensitive_string(200), unique=True)
    description: Mapped[str | None] = mapped_column(Text)
    # RESTRICT: a category with children or products is refused, not emptied.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id", ondelete="RESTRICT"))

    parent: Mapped["Category | None"] = relationship(lazy="raise", remote_side="Category.id")


class Tag(Identified, Timestamped, Base):
    """A word that any number of products carry."""

    __tablename__ = "tags"

    name: Mapped[str] = mapped_column(String(100), unique=True)
    slug: Mapped[str] = mapped_column(case_sensitive_string(200), unique=True)


class ProductTag(Base):
    """Link between a product and one of its tags."""

    __tablename__ = "product_tags"

    product_id: Mapped[int] = mapped_column(
        ForeignKey("products.id", ondelete="CASCADE"),
        primary_key=True,
    )
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tags.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    )


class Product(Identified, Timestamped, SoftDeleted, Versioned, Base):
    """Product with a price and a stock.

    A deleted product stays, because orders refer to it; so its slug and its SKU stay taken. It
    leaves its category, so that the category can be deleted.
    """

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("stock_quantity >= 0", name="stock_quantity"),
        Index(None, "category_id", "price"),
        # Most queries ask for products on sale, so the index holds only these.
        Index("ix_products_active_name", "name", **only_where(column("is_active").is_(True))),
    )

    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(case_sensitive_string(200), unique=True)
    sku: Mapped[str] = mapped_column(case_sensitive_string(50), unique=True)
    description: Mapped[str | None] = mapped_column(Text)
    price: Mapped[Decimal]
    stock_quantity: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    category_id: Mapped[int | None] = mapped_column(
        ForeignKey("categories.id", ondelete="RESTRICT"),
    )

    category: Mapped[Category | None] = relationship(lazy="raise")
    tags: Mapped[list[Tag]] = relationship(
        secondary="product_tags",
        lazy="raise",
        order_by=Tag.name,
        passive_deletes=True,
    )


class Address(Identified, Timestamped, Base):
    """Postal address of a user. It is deleted with the user."""

    __tablename__ = "addresses"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    street: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(100))
    postal_code: Mapped[str] = mapped_column(String(20))
    country: Mapped[str] = mapped_column(String(2))

    user: Mapped[User] = relationship(back_populates="addresses", lazy="raise")


class OrderStatus(StrEnum):
    """Status of an order."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Order(Identified, Timestamped, Base):
    """Order of a user."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("total_amount >= 0", name="total_amount"),
        Index(None, "user_id", "created_at"),
        Index(None, "status", "created_at"),
    )

    order_number: Mapped[str] = mapped_column(String(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    status: Mapped[OrderStatus] = mapped_column(default=OrderStatus.PENDING)
    total_amount: Mapped[Decimal]
    shipping_address: Mapped[str] = mapped_column(Text)

    user: Mapped[User] = relationship(lazy="raise")
    items: Mapped[list["OrderItem"]] = relationship(
        back_populates="order",
        lazy="raise",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="OrderItem.product_id",
    )


class OrderItem(Base):
    """One product of an order, at the price when the order was placed."""

    __tablename__ = "order_items"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_price >= 0", name="unit_price"),
    )

    order_id: Mapped[int] = mapped_column(
        ForeignKey("orders.id", ondelete="CASCADE"),
        primary_key=True,
    )
    product_id: Mapped[int] = mapped_column(
        ForeignKey("products.id", ondelete="RESTRICT"),
        primary_key=True,
        index=True,
    )
    quantity: Mapped[int]
    unit_price: Mapped[Decimal]
    total_price: Mapped[Decimal]

    order: Mapped[Order] = relationship(back_populates="items", lazy="raise")
    product: Mapped[Product] = relationship(lazy="raise")


class Notification(Identified, Timestamped, Base):
    """Message to a user about an order. An order does not fail because of it."""

    __tablename__ = "notifications"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    message: Mapped[str] = mapped_column(String(200))


class Transfer(Identified, Timestamped, Base):
    """Store credit that one user sent to another."""

    __tablename__ = "transfers"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    from_user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="RESTRICT"),
        index=True,
    )
    to_user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    amount: Mapped[Decimal]
