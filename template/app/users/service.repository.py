# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""What the service does with users, and the rules it keeps."""

from collections.abc import Sequence

from app.auth.emails import reset_email_verification
from app.auth.endings import revoke_if_deactivated
from app.auth.scopes import Actor
from app.models import User
from app.models.base import utc_now
from app.pagination import Page
from app.users.repository import UserRepository
from app.users.schemas import (
    UserActivation,
    UserCreate,
    UserQuery,
    UserStatistics,
    UserUpdate,
)


class UserService:
    """A deleted user stays, and so do both names; nobody finds it again."""

    def __init__(self, users: UserRepository, actor: Actor) -> None:
        self.users = users
        self.actor = actor

    async def page(self, query: UserQuery) -> Page[User]:
        """Return one page of the users that match."""
        return await self.users.page(query)

    async def statistics(self) -> UserStatistics:
        """Return how many users there are of each kind."""
        return await self.users.statistics()

    async def get(self, user_id: int) -> User:
        """Return one user with all that belongs to it. Raises NotFound."""
        return await self.users.detail(user_id)

    async def by_email(self, email: str) -> User:
        """Return the user with this e-mail address, in any case. Raises NotFound."""
        return await self.users.by_email(email)

    async def create(self, data: UserCreate) -> User:
        """Add a user."""
        return await self.users.add(User(**data.columns()))

    async def create_many(self, data: Sequence[UserCreate]) -> Sequence[User]:
        """Add users, all of them or none."""
        users = [User(**item.columns()) for item in data]
        # In an order of our own: two requests with the same names must not wait for each other.
        in_order = sorted(users, key=lambda user: user.username)
        await self.users.add_all(in_order)
        return users

    async def change(self, user_id: int, data: UserCreate | UserUpdate) -> User:
        """Write what the data sets. Raises NotFound."""
        user = await self.users.get_locked(user_id)
        columns = data.columns()
        # {% if auth != "none" %}
        if columns.get("email", user.email) != user.email:
            await reset_email_verification(self.users.session, user_id, self.actor)
        # {% endif %}
        await revoke_if_deactivated(self.users.session, [user_id], columns)
        return await self.users.change(user, columns)

    async def activate(self, data: UserActivation) -> Sequence[User]:
        """Say of users whether they are active, of all or of none. Raises NotFound."""
        users = await self.users.all_locked(data.ids)
        columns = {"is_active": data.is_active}
        await revoke_if_deactivated(self.users.session, data.ids, columns)
        await self.users.change_all([(user, columns) for user in users])
        return users

    async def delete_many(self, user_ids: Sequence[int]) -> None:
        """Mark users as deleted, all of them or none. Raises NotFound."""
        users = await self.users.all_locked(user_ids)
        columns = {"deleted_at": utc_now(), "is_active": False}
        await revoke_if_deactivated(self.users.session, user_ids, columns)
        await self.users.change_all([(user, columns) for user in users])
# {% endcall %}
# {% endcall %}
