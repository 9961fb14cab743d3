"""Seed the first categories: a migration of data, not of the schema."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# A copy of what is needed, not the model: the model will change, this revision will not.
categories = sa.table(
    "categories",
    sa.column("name", sa.String),
    sa.column("slug", sa.String),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("updated_at", sa.DateTime(timezone=True)),
)

NAMES = {
    "new-arrivals": "New arrivals",
    "gift-cards": "Gift cards",
    "clearance": "Clearance",
}


def upgrade() -> None:
    """Apply the change."""
    now = sa.func.current_timestamp()
    for slug, name in NAMES.items():
        row = {"name": name, "slug": slug, "created_at": now, "updated_at": now}
        op.execute(categories.insert().values(row))


def downgrade() -> None:
    """Take the change back. One that is in use is refused by the database, and nothing is lost."""
    op.execute(categories.delete().where(categories.c.slug.in_(NAMES)))
