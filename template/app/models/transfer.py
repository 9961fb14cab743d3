"""Transfers of store credit."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, Timestamped


class Transfer(Identified, Timestamped, Base):
    """Store credit that went from one user to another."""

    __tablename__ = "transfers"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    from_user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="RESTRICT"),
        index=True,
    )
    to_user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="RESTRICT"),
        index=True,
    )
    amount: Mapped[Decimal]
