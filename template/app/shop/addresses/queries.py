# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about addresses. Nothing here commits."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database.pagination import paginate
from app.errors import NotFound
from app.models import Address, User
from app.pagination import Page, PageQuery


def existing_addresses(user_id: int) -> Select[Address]:
    """Return the statement that every read starts from: addresses of a user who exists."""
    exists = Address.user.has(User.deleted_at.is_(None))
    return select(Address).where(Address.user_id == user_id, exists)


async def find_addresses(session: AsyncSession, user_id: int, query: PageQuery) -> Page[Address]:
    """Return one page of the addresses of this user, the oldest first."""
    return await paginate(session, existing_addresses(user_id).order_by(Address.id), query)


async def get_address(
    session: AsyncSession,
    user_id: int,
    key: int,
    *,
    lock: bool = False,
) -> Address:
    """Return an address of this user; locked, nobody else can change it. Raises NotFound."""
    statement = existing_addresses(user_id).where(Address.id == key)
    if lock:
        statement = statement.with_for_update()
    address = await session.scalar(statement)
    if address is None:
        raise NotFound(f"Address {key} does not exist.")
    return address
# {% endcall %}
