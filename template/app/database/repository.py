# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
# {% if data_layer == "repository" %}
"""What every repository can do. The repository of a table adds the statements of that table."""
# {% else %}
"""Read, lock and write rows of any table. Nothing here commits."""
# {% endif %}

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.base import ExecutableOption

from app.errors import NotFound
from app.models.base import Identified, SoftDeleted

Model = TypeVar("Model", bound=Identified)


class Repository(Generic[Model]):
    """The rows of one table. It writes within the session's transaction and never commits."""

    model: type[Model]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def select_existing(self) -> Select[Model]:
        """Statement that every read starts from: rows that are not marked as deleted."""
        statement = select(self.model)
        if issubclass(self.model, SoftDeleted):
            return statement.where(self.model.deleted_at.is_(None))
        return statement

    async def get(
        self,
        key: int,
        *options: ExecutableOption,
    ) -> Model:
        """Row with this key. Raises NotFound."""
        statement = self.select_existing().where(self.model.id == key)
        return await self.one(statement.options(*options), key)

    async def get_by(
        self,
        column: InstrumentedAttribute[str],
        value: str,
        *options: ExecutableOption,
    ) -> Model:
        """Only row with this value in a column. Raises NotFound."""
        statement = self.select_existing().where(column == value)
        return await self.one(statement.options(*options), value)

    async def get_locked(
        self,
        key: int,
        *options: ExecutableOption,
        shared: bool = False,
    ) -> Model:
        """Row with this key, locked for update. Raises NotFound.

        A shared lock keeps the row as it is, and others can hold one at the same time.
        """
        statement = self.select_existing().where(self.model.id == key).options(*options)
        return await self.one(statement.with_for_update(read=shared), key)

    async def all_locked(
        self,
        keys: Collection[int],
    ) -> Sequence[Model]:
        """Rows with these keys, locked for update. Raises NotFound.

        One statement locks all of them in the order of their keys. So no request waits for a
        lower key while it holds a higher one, and no two requests wait for each other: there is
        no deadlock.
        """
        key = self.model.id
        statement = self.select_existing().where(key.in_(keys)).order_by(key)
        rows = await self.session.scalars(statement.with_for_update())
        found = rows.all()
        missing = set(keys) - {row.id for row in found}
        if missing:
            raise NotFound(f"{self.model.__name__} {min(missing)} does not exist.")
        return found

    async def one(
        self,
        statement: Select[Model],
        key: object,
    ) -> Model:
        """Row that the statement finds. Raises NotFound, which names the key."""
        found = await self.session.scalar(statement)
        if found is None:
            raise NotFound(f"{self.model.__name__} {key} does not exist.")
        return found

    async def add(self, entity: Model) -> Model:
        """Insert a row now, so that a constraint fails here."""
        self.session.add(entity)
        await self.session.flush()
        return entity

    async def add_all(self, entities: Iterable[Model]) -> None:
        """Insert rows now, in this order, so that a constraint fails here."""
        self.session.add_all(entities)
        await self.session.flush()

    async def change(self, entity: Model, columns: Mapping[str, Any]) -> Model:
        """Update columns now, so that a constraint fails here."""
        await self.change_all([(entity, columns)])
        return entity

    async def change_all(
        self,
        changes: Iterable[tuple[Model, Mapping[str, Any]]],
    ) -> None:
        """Update columns of several rows now, so that a constraint fails here."""
        for entity, columns in changes:
            for name, value in columns.items():
                setattr(entity, name, value)
        await self.session.flush()

    async def remove(self, entity: Model) -> None:
        """Delete a row now, so that a constraint fails here."""
        await self.session.delete(entity)
        await self.session.flush()
# {% endcall %}
# {% endcall %}
