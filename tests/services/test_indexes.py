"""The page about indexes tells of the shop's, and the shop asks so that they are used."""

from pathlib import Path

import pytest

from tests.support import servers
from tests.support.markdown import page
from tests.support.matrix import Combination
from tests.support.services import Services, run

PAGE = page("docs/how-to/choose-an-index.md")
NAMES = """
from sqlalchemy import UniqueConstraint
from app.models import Base

for table in Base.metadata.tables.values():
    unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    print(*(one.name for one in [*table.indexes, *unique]), sep="\\n")
"""
PLAN = """
import asyncio
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session
from app.config import load_settings
from app.database.diagnostics import EXPLAIN
from app.database.engine import build_engine
from app.database.migration import build_migration_engine
from app.database.session import build_session_factory
from app.shop.products.repository import ProductRepository
from app.shop.products.schemas import ProductQuery

statements = []

@event.listens_for(Session, "do_orm_execute")
def keep(state: ORMExecuteState) -> None:
    statements.append(state.statement)

async def ask() -> None:
    engine = build_engine(load_settings())
    async with build_session_factory(engine)() as session:
        await ProductRepository(session).page(ProductQuery(is_active=True))
    await engine.dispose()

asyncio.run(ask())
engine = build_migration_engine(load_settings())
# The page itself; the count of all products comes first.
query = statements[-1].compile(engine, compile_kwargs={"literal_binds": True})
with engine.connect() as connection:
    if engine.dialect.name == "postgresql":
        # The table is empty, so it would rather be read as a whole.
        connection.exec_driver_sql("SET enable_seqscan = off")
    for row in connection.exec_driver_sql(f"{EXPLAIN} {query}"):
        print(*row)
"""
DEFAULT = Combination("sqlite", "async", "none", "shop", repository=True)
ON_A_SERVER = Combination("postgresql", "async", "none", "shop", repository=True)


def test_page_lists_every_index_of_the_shop(services: Services) -> None:
    found = run(services.python(DEFAULT), "-c", NAMES, cwd=services.install(DEFAULT))

    assert set(PAGE.column("Why", of="Index")) == set(found.split())


@pytest.mark.heavy
@pytest.mark.parametrize("chosen", [DEFAULT, ON_A_SERVER], ids=str)
def test_list_of_active_products_uses_the_partial_index(
    chosen: Combination,
    services: Services,
    tmp_path: Path,
) -> None:
    servers.require(chosen.database)
    service = services.install(chosen)
    with servers.fresh_database(chosen.database, tmp_path) as url:
        env = {"DATABASE_URL": url.render_as_string(hide_password=False)}
        run(service / ".venv/bin/app", "db", "upgrade", cwd=service, env=env)
        plan = run(services.python(chosen), "-c", PLAN, cwd=service, env=env)

    assert "ix_products_active_name" in plan
