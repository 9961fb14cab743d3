# {% if example == "shop" %}
"""Users."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, SoftDeleted, Timestamped

if TYPE_CHECKING:
    from app.models.shop import Address

# {% else %}
"""Users."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, SoftDeleted, Timestamped

# {% endif %}

class User(Identified, Timestamped, SoftDeleted, Base):
    """A user. A deleted user stays, so username and email stay reserved.

    Both names are kept in lower case, so that they are found in any case.
    """

    __tablename__ = "users"

    username: Mapped[str] = mapped_column(String(50), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    full_name: Mapped[str | None] = mapped_column(String(200))
    bio: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)
    # {% if example == "shop" %}
    store_credit: Mapped[Decimal] = mapped_column(default=Decimal())

    # Alembic writes no check of a column, only of a table.
    __table_args__ = (CheckConstraint("store_credit >= 0", name="store_credit"),)

    addresses: Mapped[list["Address"]] = relationship(
        back_populates="user",
        lazy="raise",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Address.id",
    )
    # {% endif %}
