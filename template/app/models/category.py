"""Categories: a tree of shelves."""

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, Timestamped, case_sensitive_string


class Category(Identified, Timestamped, Base):
    """A shelf for products; it may stand inside another one."""

    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("parent_id", "name"),)

    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(case_sensitive_string(200), unique=True)
    description: Mapped[str | None] = mapped_column(Text)
    # RESTRICT: a category with children or products is refused, not emptied.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id", ondelete="RESTRICT"))

    parent: Mapped["Category | None"] = relationship(lazy="raise", remote_side="Category.id")
