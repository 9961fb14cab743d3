# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Steps that a transaction can do without."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

logger = logging.getLogger(__name__)


@asynccontextmanager
async def optional_step(session: AsyncSession) -> AsyncGenerator[None]:
    """Undo only this step when the database refuses it; what came before it stands.

    Raises the failure where it has ended the whole transaction, as a lost connection does, and a
    deadlock on some databases: then nothing stands, and the request may be tried again.
    """
    try:
        async with session.begin_nested():
            yield
    except DBAPIError as error:
        fatal = _end_of_transaction(error)
        if fatal is not None:
            raise fatal from None
        logger.warning("an optional step failed and was undone", exc_info=True)


def _end_of_transaction(error: DBAPIError) -> DBAPIError | None:
    """Return what has ended the whole transaction; None where only the step has failed."""
    if error.connection_invalidated:
        return error
    statement = error.statement or ""
    if not statement.startswith(("ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT")):
        return None
    # The savepoint is gone, so the transaction is. What ended it is the error before this one.
    return error.__context__ if isinstance(error.__context__, DBAPIError) else error
# {% endcall %}
