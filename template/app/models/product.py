"""Products: what the shop sells."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, Timestamped, Versioned, only_where
from app.models.category import Category


class Product(Identified, Timestamped, Versioned, Base):
    """A thing with a price and a stock."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("stock_quantity >= 0", name="stock_quantity"),
        Index(None, "category_id", "price"),
        # Most questions are about what can be bought now, so the index holds only that.
        Index("ix_products_active_name", "name", **only_where("is_active")),
    )

    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    sku: Mapped[str] = mapped_column(String(50), unique=True)
    description: Mapped[str | None] = mapped_column(Text)
    price: Mapped[Decimal]
    stock_quantity: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    category_id: Mapped[int | None] = mapped_column(
        ForeignKey("categories.id", ondelete="RESTRICT"),
    )

    category: Mapped[Category | None] = relationship(lazy="raise")
