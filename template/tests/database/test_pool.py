"""The pool is as large as the profile says, unless a setting says otherwise."""

from typing import Any

import pytest
from sqlalchemy import NullPool, Pool, QueuePool

from app.config import Settings
from app.database.engine import build_engine
from app.database.pool import PROFILES, pool_limits


def with_pool(settings: Settings, profile: str, **changes: Any) -> Settings:
    changes = {
        "database_pool_profile": profile,
        "database_pool_size": None,
        "database_pool_max_overflow": None,
        **changes,
    }
    return settings.model_copy(update=changes)


def pool_of(settings: Settings) -> Pool:
    return build_engine(settings).pool


@pytest.mark.parametrize(
    ("profile", "limits"),
    [("small", (5, 5)), ("medium", (10, 10)), ("large", (20, 20))],
)
def test_a_profile_sets_both_limits(
    settings: Settings,
    profile: str,
    limits: tuple[int, int],
) -> None:
    assert pool_limits(with_pool(settings, profile)) == limits


@pytest.mark.parametrize("profile", PROFILES)
def test_a_setting_wins_over_the_profile(settings: Settings, profile: str) -> None:
    size, overflow = PROFILES[profile]

    larger = with_pool(settings, profile, database_pool_size=33)
    without_overflow = with_pool(settings, profile, database_pool_max_overflow=0)

    assert pool_limits(larger) == (33, overflow)
    assert pool_limits(without_overflow) == (size, 0)


def test_the_engine_has_a_pool_of_that_size(settings: Settings) -> None:
    pool = pool_of(with_pool(settings, "small", database_pool_timeout=1.5))

    assert isinstance(pool, QueuePool)
    assert pool.size() == 5
    assert pool.timeout() == 1.5


def test_the_profile_none_keeps_no_connection(settings: Settings) -> None:
    assert isinstance(pool_of(with_pool(settings, "none")), NullPool)
