# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What every repository can do. One per table adds the questions that only it can answer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import ExecutableOption

from app.errors import NotFound
from app.models.base import Identified

Model = TypeVar("Model", bound=Identified)


class Repository(Generic[Model]):
    """The rows of one table. It writes within the session's transaction and never commits."""

    model: type[Model]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def select(self) -> Select[Model]:
        """Return the statement that every read starts from: narrow it here, once for all."""
        return select(self.model)

    async def get(self, key: int, *options: ExecutableOption) -> Model:
        """Return the row with this key. Raises NotFound."""
        return await self.one(self.model.id == key, f"{key}", *options)

    async def get_locked(self, key: int, *options: ExecutableOption) -> Model:
        """Return the row with this key, and let nobody else change it. Raises NotFound."""
        statement = self.select().where(self.model.id == key).options(*options)
        found = await self.session.scalar(statement.with_for_update())
        return self.existing(found, f"{key}")

    async def all_locked(self, keys: Collection[int]) -> Sequence[Model]:
        """Return the rows with these keys, and let nobody else change them. Raises NotFound.

        All are locked by one statement in the order of their keys. So nobody waits for a row
        with a lower key while holding one with a higher key, and no two requests wait for each
        other: there is no deadlock.
        """
        key = self.model.id
        statement = self.select().where(key.in_(keys)).order_by(key).with_for_update()
        rows = await self.session.scalars(statement)
        found = rows.all()
        missing = set(keys) - {row.id for row in found}
        if missing:
            raise NotFound(f"{self.model.__name__} {min(missing)} does not exist.")
        return found

    async def one(
        self,
        condition: ColumnElement[bool],
        label: str,
        *options: ExecutableOption,
    ) -> Model:
        """Return the only row that meets the condition. Raises NotFound, naming the label."""
        found = await self.session.scalar(self.select().where(condition).options(*options))
        return self.existing(found, label)

    def existing(self, found: Model | None, label: str) -> Model:
        """Return what was found. Raises NotFound where nothing was."""
        if found is None:
            raise NotFound(f"{self.model.__name__} {label} does not exist.")
        return found

    async def add(self, entity: Model) -> Model:
        """Insert a row now, so that a broken rule shows here."""
        self.session.add(entity)
        await self.session.flush()
        return entity

    async def add_all(self, entities: Iterable[Model]) -> None:
        """Insert rows now, in this order, so that a broken rule shows here."""
        self.session.add_all(entities)
        await self.session.flush()

    async def change(self, entity: Model, columns: Mapping[str, Any]) -> Model:
        """Update columns now, so that a broken rule shows here."""
        for name, value in columns.items():
            setattr(entity, name, value)
        await self.session.flush()
        return entity

    async def change_all(self, changes: Iterable[tuple[Model, Mapping[str, Any]]]) -> None:
        """Update columns of several rows now, so that a broken rule shows here."""
        for entity, columns in changes:
            for name, value in columns.items():
                setattr(entity, name, value)
        await self.session.flush()

    async def remove(self, entity: Model) -> None:
        """Delete a row now, so that a broken rule shows here."""
        await self.session.delete(entity)
        await self.session.flush()


# {% endcall %}
