"""Tags: words that products carry."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, Timestamped, case_sensitive_string


class Tag(Identified, Timestamped, Base):
    """A word to find products by."""

    __tablename__ = "tags"

    name: Mapped[str] = mapped_column(String(100), unique=True)
    slug: Mapped[str] = mapped_column(case_sensitive_string(200), unique=True)


class ProductTag(Base):
    """A product carries a tag once or not at all; there is nothing more to say about it."""

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
