# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% call with_accounts(auth) %}
"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.auth.access import CurrentActor
from app.dependencies import SessionDep
from app.users.repository import UserRepository
from app.users.service import UserService


def get_user_service(session: SessionDep, actor: CurrentActor) -> UserService:
    """Put the service together."""
    return UserService(UserRepository(session), actor)


Users = Annotated[UserService, Depends(get_user_service)]
# {% endcall %}
