"""Create categories, tags and products."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
# Text that equals nothing but itself, which MySQL and MariaDB see looser.
SLUG = (
    sa.String(length=200)
    .with_variant(mysql.VARCHAR(200, collation="utf8mb4_0900_bin"), "mysql")
    .with_variant(mysql.VARCHAR(200, collation="utf8mb4_nopad_bin"), "mariadb")
)
SKU = (
    sa.String(length=50)
    .with_variant(mysql.VARCHAR(50, collation="utf8mb4_0900_bin"), "mysql")
    .with_variant(mysql.VARCHAR(50, collation="utf8mb4_nopad_bin"), "mariadb")
)


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "categories",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", SLUG, nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_categories"),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["categories.id"],
            name="fk_categories_parent_id",
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint("slug", name="uq_categories_slug"),
        sa.UniqueConstraint("parent_id", "name", name="uq_categories_parent_id_name"),
    )
    op.create_table(
        "tags",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("slug", SLUG, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
        sa.UniqueConstraint("name", name="uq_tags_name"),
        sa.UniqueConstraint("slug", name="uq_tags_slug"),
    )
    op.create_table(
        "products",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", SLUG, nullable=False),
        sa.Column("sku", SKU, nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("price", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("stock_quantity", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("category_id", KEY, nullable=True),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["categories.id"],
            name="fk_products_category_id",
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint("slug", name="uq_products_slug"),
        sa.UniqueConstraint("sku", name="uq_products_sku"),
        # op.f: this is the whole name, the convention must not add to it.
        sa.CheckConstraint("price > 0", name=op.f("ck_products_price")),
        sa.CheckConstraint("stock_quantity >= 0", name=op.f("ck_products_stock_quantity")),
    )
    op.create_index("ix_products_category_id_price", "products", ["category_id", "price"])
    op.create_index(
        "ix_products_active_name",
        "products",
        ["name"],
        postgresql_where=sa.text("is_active IS true"),
        sqlite_where=sa.text("is_active IS 1"),
    )
    op.create_table(
        "product_tags",
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("tag_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("product_id", "tag_id", name="pk_product_tags"),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name="fk_product_tags_product_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"],
            ["tags.id"],
            name="fk_product_tags_tag_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_product_tags_tag_id", "product_tags", ["tag_id"])


def downgrade() -> None:
    """Take the change back. A table takes its indexes along."""
    op.drop_table("product_tags")
    op.drop_table("products")
    op.drop_table("tags")
    op.drop_table("categories")
