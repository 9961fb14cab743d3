"""Wait for what happens beside a test."""

import time
from collections.abc import Callable

# Only a test that fails waits for so long.
PATIENCE_SECONDS = 30


def wait_until(condition: Callable[[], bool]) -> None:
    """Ask again and again, and fail where the answer does not become true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)
