"""Users and their addresses."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, Timestamped


class User(Identified, Timestamped, Base):
    """A person who buys. Both names are kept in lower case, so that they are found in any."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("store_credit >= 0", name="store_credit"),)

    username: Mapped[str] = mapped_column(String(50), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    full_name: Mapped[str | None] = mapped_column(String(200))
    bio: Mapped[str | None] = mapped_column(Text)
    store_credit: Mapped[Decimal] = mapped_column(default=Decimal())
    is_active: Mapped[bool] = mapped_column(default=True)
    # A deleted user stays, because orders tell of them; so both names stay taken.
    deleted_at: Mapped[datetime | None]

    addresses: Mapped[list["Address"]] = relationship(
        back_populates="user",
        lazy="raise",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Address.id",
    )


class Address(Identified, Timestamped, Base):
    """Where a user can be reached. It goes with its user."""

    __tablename__ = "addresses"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    street: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(100))
    postal_code: Mapped[str] = mapped_column(String(20))
    country: Mapped[str] = mapped_column(String(2))

    user: Mapped[User] = relationship(back_populates="addresses", lazy="raise")
