# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about users. Nothing here commits."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import rows
from app.database.pagination import paginate
from app.errors import NotFound
from app.models import User
from app.pagination import Page
from app.users.schemas import UserQuery, UserStatistics
from app.users.statements import DETAIL, matching_users, user_counts


def existing_users() -> Select[User]:
    """Return the statement that every read starts from: users who are not deleted."""
    return select(User).where(User.deleted_at.is_(None))


async def find_users(session: AsyncSession, query: UserQuery) -> Page[User]:
    """Return one page of the users that match."""
    return await paginate(session, matching_users(existing_users(), query), query)


async def count_users(session: AsyncSession) -> UserStatistics:
    """Return how many users there are of each kind."""
    counts = await session.execute(user_counts())
    return UserStatistics.model_validate(counts.one())


async def user_detail(session: AsyncSession, condition: ColumnElement[bool], label: str) -> User:
    """Return the only user that meets the condition, in full. Raises NotFound."""
    statement = existing_users().where(condition).options(*DETAIL)
    user = await session.scalar(statement)
    if user is None:
        raise NotFound(f"User {label} does not exist.")
    return user


async def get_user(session: AsyncSession, key: int, *, lock: bool = False) -> User:
    """Return the user with this key; locked, nobody else can change it. Raises NotFound."""
    statement = existing_users().where(User.id == key)
    if lock:
        statement = statement.with_for_update()
    user = await session.scalar(statement)
    if user is None:
        raise NotFound(f"User {key} does not exist.")
    return user


async def lock_users(session: AsyncSession, keys: Collection[int]) -> Sequence[User]:
    """Return the users with these keys, and let nobody else change them. Raises NotFound."""
    return await rows.lock_all(session, existing_users(), User, keys)
# {% endcall %}
