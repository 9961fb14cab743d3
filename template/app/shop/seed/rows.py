"""What all made-up rows share."""

from bisect import bisect_right
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random
from typing import Any

# The columns of a row. It refers to other rows by slug, SKU, username or order number, because
# only the database hands out keys.
Row = dict[str, Any]


def year_before(until: datetime) -> datetime:
    """Return when a made-up shop opened."""
    return until - timedelta(days=365)


def moments(random: Random, number: int, until: datetime) -> list[datetime]:
    """Return so many moments of that year, in order."""
    opened = year_before(until)
    year = int((until - opened).total_seconds())
    return sorted(opened + timedelta(seconds=random.randrange(year)) for _ in range(number))


def made_by(rows: list[Row], moment: datetime) -> int:
    """Return how many rows were there at a moment. The rows come in the order they were made."""
    return bisect_right(rows, moment, key=itemgetter("created_at"))
