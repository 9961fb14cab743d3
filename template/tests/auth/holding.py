# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A route that holds a connection until a test releases it."""

from threading import Event

# {% if concurrency == "async" %}
from anyio import to_thread
# {% endif %}
from fastapi import APIRouter
from sqlalchemy import literal, select

from app.dependencies import SessionDep
from tests.patience import PATIENCE_SECONDS

router = APIRouter()
released = Event()


@router.get("/hold")
async def hold_a_connection(session: SessionDep) -> None:
    await session.execute(select(literal(1)))
    # {% if concurrency == "async" %}
    await to_thread.run_sync(released.wait, PATIENCE_SECONDS)
    # {% else %}
    released.wait(PATIENCE_SECONDS)
    # {% endif %}
# {% endcall %}
