"""Health checks, for load balancers and administrators."""

import logging

import anyio
from fastapi import APIRouter, Request
from pydantic import BaseModel
# {% if concurrency == "async" %}
from sqlalchemy import QueuePool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
# {% else %}
from sqlalchemy import Engine, QueuePool, text
from sqlalchemy.exc import SQLAlchemyError
# {% endif %}

from app.errors import NotFound, ServiceBusy

# {% from "extensions/written_async.jinja" import written_async %}
logger = logging.getLogger(__name__)
router = APIRouter(tags=["health"])


class Welcome(BaseModel):
    """Name of the service, and its documentation."""

    name: str
    docs: str | None


class Health(BaseModel):
    """Healthy state; an unhealthy one is a problem."""

    status: str = "ok"


class PoolState(BaseModel):
    """Connections of this process."""

    pool: str
    size: int | None = None
    checked_out: int | None = None
    overflow: int | None = None


@router.get("/")
async def read_root(request: Request) -> Welcome:
    """Show the name of the service."""
    return Welcome(name=request.app.title, docs=request.app.docs_url)


@router.get("/health/live")
async def read_liveness() -> Health:
    """Check the process, without the database."""
    return Health()


@router.get("/health/ready")
async def read_readiness(request: Request) -> Health:
    """Check the database. A failure is 503, and its reason is only logged."""
    state = request.app.state
    try:
        with anyio.fail_after(state.settings.health_timeout):
            # {% if concurrency == "async" %}
            await ask_database(state.engine)
            # {% else %}
            await anyio.to_thread.run_sync(ask_database, state.engine, abandon_on_cancel=True)
            # {% endif %}
    except (SQLAlchemyError, OSError, TimeoutError):
        logger.warning("the database does not answer", exc_info=True)
        raise ServiceBusy("The database does not answer.") from None
    return Health()


@router.get("/health/db")
async def read_pool(request: Request) -> PoolState:
    """Show the connection pool, if HEALTH_DB_ENABLED is set."""
    if not request.app.state.settings.health_db_enabled:
        raise NotFound("Not Found")
    pool = request.app.state.engine.pool
    state = PoolState(pool=type(pool).__name__)
    if isinstance(pool, QueuePool):
        state.size, state.checked_out = pool.size(), pool.checkedout()
        state.overflow = max(pool.overflow(), 0)
    return state


# {% call written_async(concurrency) %}
async def ask_database(engine: AsyncEngine) -> None:
    """Run the smallest query. Raises the error of the driver."""
    async with engine.execution_options(read_only=True).connect() as connection:
        await connection.execute(text("SELECT 1"))
# {% endcall %}
