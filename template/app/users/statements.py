"""Which users a client asks for, in which order, and how many there are."""

from sqlalchemy import Select, case, func, or_, select
# {% if example == "shop" %}
from sqlalchemy.orm import selectinload
# {% else %}
from sqlalchemy.sql.base import ExecutableOption
# {% endif %}

from app.database.sorting import Columns, ordering
from app.models import User
from app.users.schemas import UserQuery

# What a list can be sorted by. UserQuery has the same names, each with a dash before it too.
COLUMNS: Columns = {
    "username": User.username,
    "email": User.email,
    "created_at": User.created_at,
}
# {% if example == "shop" %}
# What one user alone comes with.
DETAIL = (selectinload(User.addresses),)
# {% else %}
# What one user alone comes with: relations of User, each as `selectinload(User.name)`.
DETAIL: tuple[ExecutableOption, ...] = ()
# {% endif %}


def matching_users(statement: Select[User], query: UserQuery) -> Select[User]:
    """Narrow the statement to what the client asked for, in the order it asked for."""
    if query.search is not None:
        columns = (User.username, User.email, User.full_name)
        found = [column.icontains(query.search, autoescape=True) for column in columns]
        statement = statement.where(or_(*found))
    if query.is_active is not None:
        statement = statement.where(User.is_active.is_(query.is_active))
    return statement.order_by(ordering(query.sort, COLUMNS), User.id)


def user_counts() -> Select[int, int, int, int]:
    """Return the statement that counts users of each kind, all in one pass over the table."""
    exists = User.deleted_at.is_(None)
    # Where a condition fails, CASE gives NULL, which COUNT leaves out.
    return select(
        func.count(case((exists, 1))).label("total"),
        func.count(case((exists & User.is_active.is_(True), 1))).label("active"),
        func.count(case((exists & User.is_active.is_(False), 1))).label("inactive"),
        func.count(User.deleted_at).label("deleted"),
    )
