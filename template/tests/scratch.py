"""Tables that only a test has: built like the service's own, but unknown to its migrations."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import ClassVar

from sqlalchemy import MetaData

from app.config import Settings
from app.database.migration import build_migration_engine
from app.models.base import NAMES, Base


class Scratch(Base):
    """The base of a test's tables: everything the service's base has, in a metadata of its own."""

    __abstract__ = True

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


@contextmanager
def scratch_tables(settings: Settings, *models: type[Scratch]) -> Generator[None]:
    """Keep the tables of these models on the database until the block ends."""
    tables = [Scratch.metadata.tables[model.__tablename__] for model in models]
    engine = build_migration_engine(settings)
    with engine.begin() as connection:
        Scratch.metadata.create_all(connection, tables)
    yield
    with engine.begin() as connection:
        Scratch.metadata.drop_all(connection, tables)
