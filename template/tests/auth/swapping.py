"""Put something else in a place of the application for as long as a test runs."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI


@contextmanager
def swapped(app: FastAPI, **values: Any) -> Generator[None]:
    """Replace what `app.state` holds until the block ends."""
    before = {name: app.state[name] for name in values}
    for name, value in values.items():
        app.state[name] = value
    try:
        yield
    finally:
        for name, value in before.items():
            app.state[name] = value
