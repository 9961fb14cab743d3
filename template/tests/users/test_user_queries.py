# {% from "extensions/plain_functions.jinja" import plain_calls %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_calls(data_layer) %}
"""Data layer of users, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import User
from app.models.base import utc_now
from app.users.repository import UserRepository
from app.users.schemas import UserQuery
from tests.factories import user_data


async def store(session: AsyncSession, *, deleted: bool = False) -> User:
    """Store a user, detached from the session."""
    user = User(**user_data(), deleted_at=utc_now() if deleted else None)
    session.add(user)
    await session.flush()
    session.expunge_all()
    return user


async def test_page_contains_matching_users(session: AsyncSession) -> None:
    users = UserRepository(session)
    user = await store(session)
    deleted = await store(session, deleted=True)

    page = await users.page(UserQuery(search=user.email))
    empty = await users.page(UserQuery(search=deleted.email))

    assert [found.id for found in page.items] == [user.id]
    assert (page.total, empty.total) == (1, 0)


async def test_user_is_found_by_id(session: AsyncSession) -> None:
    users = UserRepository(session)
    user = await store(session)

    found = await users.get(user.id)
    locked = await users.get_locked(user.id)
    shared = await users.get_locked(user.id, shared=True)

    assert found.username == locked.username == shared.username == user.username


async def test_deleted_user_is_not_found(session: AsyncSession) -> None:
    users = UserRepository(session)
    user = await store(session, deleted=True)

    with pytest.raises(NotFound, match=rf"^User {user.id} does not exist\.$"):
        await users.get(user.id)

    with pytest.raises(NotFound, match=rf"^User {user.id} does not exist\.$"):
        await users.get_locked(user.id)


async def test_users_are_locked_in_id_order(session: AsyncSession) -> None:
    users = UserRepository(session)
    first = await store(session)
    second = await store(session)

    locked = await users.all_locked([second.id, first.id])

    assert [user.id for user in locked] == [first.id, second.id]


async def test_no_user_is_locked_if_one_is_deleted(session: AsyncSession) -> None:
    users = UserRepository(session)
    user = await store(session)
    deleted = await store(session, deleted=True)

    with pytest.raises(NotFound, match=rf"^User {deleted.id} does not exist\.$"):
        await users.all_locked([user.id, deleted.id])
# {% endcall %}
# {% endcall %}
