"""Products: what the shop sells."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import (
    Base,
    Identified,
    Timestamped,
    Versioned,
    case_sensitive_string,
    only_where,
)
from app.models.category import Category
from app.models.tag import Tag


class Product(Identified, Timestamped, Versioned, Base):
    """A thing with a price and a stock."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("stock_quantity >= 0", name="stock_quantity"),
        Index(None, "category_id", "price"),
        # Most questions are about what can be bought now, so the index holds only that.
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

    # A deleted product stays, because orders tell of it; so its slug and its SKU stay taken. It
    # leaves its category, so that the category can go.
    deleted_at: Mapped[datetime | None]

    category: Mapped[Category | None] = relationship(lazy="raise")
    tags: Mapped[list[Tag]] = relationship(
        secondary="product_tags",
        lazy="raise",
        order_by=Tag.name,
        passive_deletes=True,
    )
