# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about users. A deleted user is not found."""

from sqlalchemy import Select

from app.database.pagination import paginate
from app.database.repository import Repository
from app.models import User
from app.pagination import Page
from app.users.schemas import UserQuery, UserStatistics
from app.users.statements import DETAIL, matching_users, user_counts


class UserRepository(Repository[User]):
    """The users, alone or with what belongs to them."""

    model = User

    def select(self) -> Select[User]:
        """Return the statement that every read starts from: users who are not deleted."""
        return super().select().where(User.deleted_at.is_(None))

    async def page(self, query: UserQuery) -> Page[User]:
        """Return one page of the users that match."""
        return await paginate(self.session, matching_users(self.select(), query), query)

    async def statistics(self) -> UserStatistics:
        """Return how many users there are of each kind."""
        rows = await self.session.execute(user_counts())
        return UserStatistics.model_validate(rows.one())

    async def detail(self, key: int) -> User:
        """Return the user with this key and all that belongs to it. Raises NotFound."""
        return await self.get(key, *DETAIL)

    async def by_email(self, email: str) -> User:
        """Return the user with this e-mail address, and what belongs to it. Raises NotFound."""
        return await self.one(User.email == email.lower(), email, *DETAIL)
# {% endcall %}
