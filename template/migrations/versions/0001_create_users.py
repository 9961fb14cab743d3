"""Create users."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "users",
        sa.Column("id", KEY, nullable=False),
        sa.Column("username", sa.String(length=50), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=True),
        sa.Column("bio", sa.Text(), nullable=True),
        # {% if example == "shop" %}
        sa.Column("store_credit", sa.Numeric(precision=12, scale=2), nullable=False),
        # {% endif %}
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("username", name="uq_users_username"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        # {% if example == "shop" %}
        # op.f: this is the whole name, the convention must not add to it.
        sa.CheckConstraint("store_credit >= 0", name=op.f("ck_users_store_credit")),
        # {% endif %}
    )


def downgrade() -> None:
    """Take the change back. A table takes its indexes along."""
    op.drop_table("users")
