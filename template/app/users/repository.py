# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Statements about users. A deleted user is not found."""

from sqlalchemy import or_

from app.database.repository import Repository
from app.models import User
from app.pagination import Columns, Page, ordering, paginate
from app.users.schemas import UserQuery

# Names that a list can be sorted by: the same as in UserQuery.
COLUMNS: Columns = {"username": User.username, "email": User.email, "created_at": User.created_at}


class UserRepository(Repository[User]):
    """Users."""

    model = User

    async def page(self, query: UserQuery) -> Page[User]:
        """Page of the users that match."""
        statement = self.select_existing()
        if query.search is not None:
            columns = (User.username, User.email, User.full_name)
            found = [column.icontains(query.search, autoescape=True) for column in columns]
            statement = statement.where(or_(*found))
        if query.email is not None:
            statement = statement.where(User.email == query.email)
        if query.is_active is not None:
            statement = statement.where(User.is_active.is_(query.is_active))
        statement = statement.order_by(ordering(query.sort, COLUMNS), User.id)
        return await paginate(self.session, statement, query)
# {% endcall %}
# {% endcall %}
