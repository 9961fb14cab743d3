"""Disturbance of a running service: another process holds the write lock."""

import time
from typing import Any

from app.config import Settings
from app.database.migration import build_migration_engine

LOCK_SECONDS = 2.5
# Among many writers, a request that waits for more than one of these might time out.
TIMES = 1
# Settings for a service that is to be disturbed: it waits for a lock less long than that, and
# for its turn among many writers more than once.
IMPATIENT: dict[str, Any] = {"database_lock_timeout": 2, "request_retries": 50}


def disturb(settings: Settings) -> int:
    """Hold the write lock longer than requests wait for it; return the number of holders, one."""
    with build_migration_engine(settings).begin():
        time.sleep(LOCK_SECONDS)
    return 1
