"""`app db seed`: fill an empty shop."""

from enum import StrEnum
from typing import Annotated

import typer

from app.config import Settings, load_settings
from app.console import one_line_errors
from app.database.migration import build_migration_engine
from app.errors import Conflict
from app.models.base import utc_now
from app.shop.seed.shop import build_shop, fill, require_empty_shop


class Size(StrEnum):
    """How much there is to look at."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


SCALES = {Size.SMALL: 1, Size.MEDIUM: 10, Size.LARGE: 100}


def seed(
    size: Annotated[Size, typer.Option(help="60 products, 600 or 6000.")] = Size.SMALL,
) -> None:
    """Fill an empty shop with made-up users, products and orders: all of them or none."""
    settings = load_settings()
    today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    shop = build_shop(today, SCALES[size])
    with one_line_errors():
        _require_development(settings)
        with build_migration_engine(settings).begin() as connection:
            require_empty_shop(connection)
            with typer.progressbar(length=len(shop), label="Filling the shop") as bar:
                fill(connection, shop, bar.update)
    typer.echo(
        f"{len(shop.users)} users, {len(shop.products)} products, {len(shop.orders)} orders.",
    )


def _require_development(settings: Settings) -> None:
    """Raise Conflict in production, where nobody wants made-up people."""
    if settings.environment == "production":
        raise Conflict(
            "made-up data does not belong in production; where this database may have it, "
            "run the command with ENVIRONMENT=development",
        )
