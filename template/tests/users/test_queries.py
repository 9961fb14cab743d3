# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks about users, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import User
from app.models.base import utc_now
from app.users import queries
from app.users.schemas import UserQuery
from tests.factories import user_data


async def store(session: AsyncSession, *, deleted: bool = False) -> User:
    """Store a user, and forget that it was ever loaded."""
    user = User(**user_data(), deleted_at=utc_now() if deleted else None)
    session.add(user)
    await session.flush()
    session.expunge_all()
    return user


async def test_a_page_holds_what_matches(session: AsyncSession) -> None:
    user = await store(session)
    gone = await store(session, deleted=True)

    page = await queries.find_users(session, UserQuery(search=user.email))
    nothing = await queries.find_users(session, UserQuery(search=gone.email))

    assert [found.id for found in page.items] == [user.id]
    assert (page.total, nothing.total) == (1, 0)


async def test_users_are_counted_by_kind(session: AsyncSession) -> None:
    before = await queries.count_users(session)
    await store(session)
    await store(session, deleted=True)

    after = await queries.count_users(session)

    assert after.total == before.total + 1
    assert after.deleted == before.deleted + 1


async def test_a_detail_is_of_the_user_that_meets_the_condition(session: AsyncSession) -> None:
    await store(session)
    user = await store(session)

    found = await queries.user_detail(session, User.email == user.email, user.email)

    assert found.id == user.id


async def test_a_detail_that_does_not_exist_is_told_by_its_label(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=r"^User nobody does not exist\.$"):
        await queries.user_detail(session, User.email == "nobody", "nobody")


@pytest.mark.parametrize("lock", [False, True])
async def test_a_user_is_found_by_its_key(session: AsyncSession, *, lock: bool) -> None:
    user = await store(session)

    found = await queries.get_user(session, user.id, lock=lock)

    assert found.username == user.username


@pytest.mark.parametrize("lock", [False, True])
async def test_a_deleted_user_is_not_found(session: AsyncSession, *, lock: bool) -> None:
    user = await store(session, deleted=True)

    with pytest.raises(NotFound, match=rf"^User {user.id} does not exist\.$"):
        await queries.get_user(session, user.id, lock=lock)


async def test_users_are_locked_in_the_order_of_their_keys(session: AsyncSession) -> None:
    first = await store(session)
    second = await store(session)

    locked = await queries.lock_users(session, [second.id, first.id])

    assert [user.id for user in locked] == [first.id, second.id]


async def test_no_user_is_locked_where_one_is_deleted(session: AsyncSession) -> None:
    user = await store(session)
    gone = await store(session, deleted=True)

    with pytest.raises(NotFound, match=rf"^User {gone.id} does not exist\.$"):
        await queries.lock_users(session, [user.id, gone.id])
# {% endcall %}
