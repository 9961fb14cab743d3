# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Rules of users."""

from collections.abc import Mapping
from typing import Any

# {% if auth != "none" %}
from app.auth.sessions import reset_email_verification, revoke_if_deactivated
# {% endif %}
from app.dependencies import SessionDep
from app.models import User
from app.models.base import utc_now
from app.pagination import Page
from app.users.repository import UserRepository
from app.users.schemas import UserCreate, UserQuery, UserUpdate


class UserService:
    """A deleted user stays, and so do both names; it is hidden from all reads."""

    def __init__(self, session: SessionDep) -> None:
        self.users = UserRepository(session)

    async def page(self, query: UserQuery) -> Page[User]:
        """Page of the users that match."""
        return await self.users.page(query)

    # {% if example == "none" %}
    async def get(self, user_id: int) -> User:
        """User with this key. Raises NotFound."""
        return await self.users.get(user_id)

    # {% endif %}
    async def create(self, data: UserCreate) -> User:
        """Add a user."""
        return await self.users.add(User(**data.columns()))

    async def change(self, user_id: int, data: UserCreate | UserUpdate) -> User:
        """Write the fields of the data. Raises NotFound."""
        return await self._write(user_id, data.columns())

    async def delete(self, user_id: int) -> None:
        """Mark a user as deleted. Raises NotFound."""
        await self._write(user_id, {"deleted_at": utc_now(), "is_active": False})

    async def _write(self, user_id: int, columns: Mapping[str, Any]) -> User:
        user = await self.users.get_locked(user_id)
        # {% if auth != "none" %}
        session = self.users.session
        if columns.get("email", user.email) != user.email:
            await reset_email_verification(session, user_id, session.info["actor"])
        await revoke_if_deactivated(session, [user_id], columns)
        # {% endif %}
        return await self.users.change(user, columns)
# {% endcall %}
# {% endcall %}
