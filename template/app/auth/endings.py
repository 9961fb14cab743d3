# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What ends with a password, or with an account: what was issued before proves nothing any more."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import ApiKey, EmailToken, UserSession


async def revoke_sessions(session: AsyncSession, user_id: int) -> None:
    """End the sign-ins of a user, and void the tokens in the user's mailbox."""
    for model in (UserSession, EmailToken):
        await session.execute(delete(model).where(model.user_id == user_id))


async def revoke_credentials(session: AsyncSession, *user_ids: int) -> None:
    """End the sign-ins, the tokens and the API keys of users."""
    for model in (UserSession, EmailToken, ApiKey):
        await session.execute(delete(model).where(model.user_id.in_(user_ids)))


async def revoke_if_deactivated(
    session: AsyncSession,
    user_ids: Sequence[int],
    columns: Mapping[str, Any],
) -> None:
    """End everything of users whom these columns make inactive.

    Whoever is active again later signs in anew: a thief's sign-in must not come back to life.
    """
    if not columns.get("is_active", True):
        await revoke_credentials(session, *user_ids)
# {% endcall %}
