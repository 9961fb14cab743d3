# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Statements about customers and their addresses. Those of a deleted user are not found."""

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import selectinload

from app.database.repository import Repository
from app.models import Address, User
from app.pagination import Page, PageQuery, paginate
from app.shop.customers.schemas import UserStatistics


class CustomerRepository(Repository[User]):
    """Users with their addresses, and their numbers."""

    model = User

    async def detail(self, key: int) -> User:
        """User with all addresses. Raises NotFound."""
        return await self.get(key, selectinload(User.addresses))

    async def statistics(self) -> UserStatistics:
        """Numbers of users of each kind, counted in one pass over the table."""
        exists = User.deleted_at.is_(None)
        # Where a condition fails, CASE gives NULL, which COUNT leaves out.
        statement = select(
            func.count(case((exists, 1))).label("total"),
            func.count(case((exists & User.is_active.is_(True), 1))).label("active"),
            func.count(case((exists & User.is_active.is_(False), 1))).label("inactive"),
            func.count(User.deleted_at).label("deleted"),
        )
        rows = await self.session.execute(statement)
        return UserStatistics.model_validate(rows.one())


class AddressRepository(Repository[Address]):
    """Addresses, always of one user."""

    model = Address

    async def page(self, user_id: int, query: PageQuery) -> Page[Address]:
        """Page of the addresses of a user, the oldest first."""
        statement = _addresses_of(user_id).order_by(Address.id)
        return await paginate(self.session, statement, query)

    async def of_user(self, user_id: int, key: int) -> Address:
        """Address of this user. Raises NotFound."""
        return await self.one(_addresses_of(user_id).where(Address.id == key), key)

    async def of_user_locked(self, user_id: int, key: int) -> Address:
        """Address of this user, locked for update. Raises NotFound."""
        statement = _addresses_of(user_id).where(Address.id == key)
        return await self.one(statement.with_for_update(), key)


def _addresses_of(user_id: int) -> Select[Address]:
    user_exists = Address.user.has(User.deleted_at.is_(None))
    return select(Address).where(Address.user_id == user_id, user_exists)
# {% endcall %}
# {% endcall %}
