"""Is the service alive, and can it do its work? For load balancers and for people."""

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
    """What the service is, and where to read on."""

    name: str
    docs: str | None


class Health(BaseModel):
    """A good state; a bad one is an error."""

    status: str = "ok"


class PoolState(BaseModel):
    """How many connections this process holds."""

    pool: str
    size: int | None = None
    checked_out: int | None = None
    overflow: int | None = None


@router.get("/")
async def read_root(request: Request) -> Welcome:
    """Say what this is."""
    return Welcome(name=request.app.title, docs=request.app.docs_url)


@router.get("/health/live")
async def read_liveness() -> Health:
    """Answer while the process runs, whatever the database does."""
    return Health()


@router.get("/health/ready")
async def read_readiness(request: Request) -> Health:
    """Answer when the database does; otherwise 503, without telling a stranger why."""
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
    """Show the pool of connections, where HEALTH_DB_ENABLED allows it."""
    if not request.app.state.settings.health_db_enabled:
        raise NotFound("Not Found")
    pool = request.app.state.engine.pool
    if not isinstance(pool, QueuePool):
        return PoolState(pool=type(pool).__name__)
    return PoolState(
        pool=type(pool).__name__,
        size=pool.size(),
        checked_out=pool.checkedout(),
        overflow=max(pool.overflow(), 0),
    )


# {% call written_async(concurrency) %}
async def ask_database(engine: AsyncEngine) -> None:
    """Run the smallest query. Raises what the driver raises."""
    async with engine.execution_options(read_only=True).connect() as connection:
        await connection.execute(text("SELECT 1"))
# {% endcall %}
