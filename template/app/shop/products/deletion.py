"""What it means to delete a product, alone or with others."""

from typing import Any

from app.models.base import utc_now


def deletion() -> dict[str, Any]:
    """Return the columns that mark a product as deleted.

    It leaves its category too: one that holds nothing else looks empty, and must be free to go.
    """
    return {"deleted_at": utc_now(), "category_id": None}
