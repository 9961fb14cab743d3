# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about transfers. Nothing here commits."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Transfer


async def get_transfer(session: AsyncSession, key: int) -> Transfer:
    """Return the transfer with this key. Raises NotFound."""
    transfer = await session.get(Transfer, key)
    if transfer is None:
        raise NotFound(f"Transfer {key} does not exist.")
    return transfer
# {% endcall %}
