"""Size of the connection pool of a process. The profiles are starting points: measure."""

from typing import Any

from sqlalchemy import NullPool

from app.config import Settings

# Connections kept open, and how many more under load. Count processes too: four workers of a
# medium service can hold 80 connections.
PROFILES = {"small": (5, 5), "medium": (10, 10), "large": (20, 20)}


def pool_limits(settings: Settings) -> tuple[int, int]:
    """Connections kept open, and how many more: of the profile, unless a setting overrides it."""
    size, overflow = PROFILES.get(settings.database_pool_profile, PROFILES["medium"])
    if settings.database_pool_size is not None:
        size = settings.database_pool_size
    if settings.database_pool_max_overflow is not None:
        overflow = settings.database_pool_max_overflow
    return size, overflow


def pool_arguments(settings: Settings) -> dict[str, Any]:
    """Arguments of the engine for pooling and logging.

    The profile `none` opens a connection per request and keeps none: for serverless hosts and
    external poolers.
    """
    arguments: dict[str, Any] = {
        "echo": settings.database_echo,
        "hide_parameters": settings.database_hide_parameters,
    }
    if settings.database_pool_profile == "none":
        return arguments | {"poolclass": NullPool}
    size, overflow = pool_limits(settings)
    return arguments | {
        "pool_size": size,
        "max_overflow": overflow,
        "pool_timeout": settings.database_pool_timeout,
        "pool_recycle": settings.database_pool_recycle,
        "pool_pre_ping": settings.database_pool_pre_ping,
    }
