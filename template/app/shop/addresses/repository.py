# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about addresses. They are gone when their user is."""

from sqlalchemy import Select

from app.database.pagination import paginate
from app.database.repository import Repository
from app.models import Address, User
from app.pagination import Page, PageQuery


class AddressRepository(Repository[Address]):
    """The addresses, always as those of one user."""

    model = Address

    def select(self) -> Select[Address]:
        """Return the statement that every read starts from: addresses whose user exists."""
        return super().select().where(Address.user.has(User.deleted_at.is_(None)))

    async def page_of_user(self, user_id: int, query: PageQuery) -> Page[Address]:
        """Return one page of the addresses of this user, the oldest first."""
        statement = self.select().where(Address.user_id == user_id).order_by(Address.id)
        return await paginate(self.session, statement, query)

    async def of_user(self, user_id: int, key: int, *, lock: bool = False) -> Address:
        """Return an address of this user; locked, nobody else can change it. Raises NotFound."""
        statement = self.select().where(Address.user_id == user_id, Address.id == key)
        if lock:
            statement = statement.with_for_update()
        address = await self.session.scalar(statement)
        return self.existing(address, f"{key}")
# {% endcall %}
