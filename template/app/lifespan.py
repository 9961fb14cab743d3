"""What runs while the service runs, and what ends with it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI

# {% if example == "shop" %}
from app.background import worker_beside
# {% endif %}
from app.database.session import close_database


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Run while the service runs, and close its connections at the end."""
    # {% if example == "shop" %}
    async with worker_beside(app):
        yield
    # {% else %}
    yield
    # {% endif %}
    await close_database(app)
