# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""What the service does with users, and the rules it keeps."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.emails import reset_email_verification
from app.auth.endings import revoke_if_deactivated
from app.auth.scopes import Actor
from app.database import rows
from app.models import User
from app.models.base import utc_now
from app.pagination import Page
from app.users import queries
from app.users.schemas import (
    UserActivation,
    UserCreate,
    UserQuery,
    UserStatistics,
    UserUpdate,
)


class UserService:
    """A deleted user stays, and so do both names; nobody finds it again."""

    def __init__(self, session: AsyncSession, actor: Actor) -> None:
        self.session = session
        self.actor = actor

    async def page(self, query: UserQuery) -> Page[User]:
        """Return one page of the users that match."""
        return await queries.find_users(self.session, query)

    async def statistics(self) -> UserStatistics:
        """Return how many users there are of each kind."""
        return await queries.count_users(self.session)

    async def get(self, user_id: int) -> User:
        """Return one user with all that belongs to it. Raises NotFound."""
        return await queries.user_detail(self.session, User.id == user_id, f"{user_id}")

    async def by_email(self, email: str) -> User:
        """Return the user with this e-mail address, in any case. Raises NotFound."""
        return await queries.user_detail(self.session, User.email == email.lower(), email)

    async def create(self, data: UserCreate) -> User:
        """Add a user."""
        return await rows.add(self.session, User(**data.columns()))

    async def create_many(self, data: Sequence[UserCreate]) -> Sequence[User]:
        """Add users, all of them or none."""
        users = [User(**item.columns()) for item in data]
        # In an order of our own: two requests with the same names must not wait for each other.
        in_order = sorted(users, key=lambda user: user.username)
        await rows.add_all(self.session, in_order)
        return users

    async def change(self, user_id: int, data: UserCreate | UserUpdate) -> User:
        """Write what the data sets. Raises NotFound."""
        user = await queries.get_user(self.session, user_id, lock=True)
        columns = data.columns()
        # {% if auth != "none" %}
        if columns.get("email", user.email) != user.email:
            await reset_email_verification(self.session, user_id, self.actor)
        # {% endif %}
        await revoke_if_deactivated(self.session, [user_id], columns)
        return await rows.change(self.session, user, columns)

    async def activate(self, data: UserActivation) -> Sequence[User]:
        """Say of users whether they are active, of all or of none. Raises NotFound."""
        users = await queries.lock_users(self.session, data.ids)
        columns = {"is_active": data.is_active}
        await revoke_if_deactivated(self.session, data.ids, columns)
        await rows.change_all(self.session, [(user, columns) for user in users])
        return users

    async def delete_many(self, user_ids: Sequence[int]) -> None:
        """Mark users as deleted, all of them or none. Raises NotFound."""
        users = await queries.lock_users(self.session, user_ids)
        columns = {"deleted_at": utc_now(), "is_active": False}
        await revoke_if_deactivated(self.session, user_ids, columns)
        await rows.change_all(self.session, [(user, columns) for user in users])
# {% endcall %}
# {% endcall %}
