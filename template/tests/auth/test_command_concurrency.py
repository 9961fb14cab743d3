"""What `app users` ends, it ends also where it is being made at the same moment."""

import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from app.auth.administration import Ended, deactivate_user, revoke_user
from app.config import Settings
from app.database.migration import build_migration_engine
from app.models import User
from tests.auth.command_line import create, database_of_commands, new_email, stored
from tests.auth.proofs import new_key

WAIT_SECONDS = 0.2


@pytest.fixture(scope="module")
def database() -> Generator[Settings]:
    """A database for all tests here, to which DATABASE_URL points."""
    with pytest.MonkeyPatch.context() as patch, database_of_commands(patch) as settings:
        yield settings


@pytest.mark.parametrize("end", [deactivate_user, revoke_user])
def test_a_key_that_is_being_made_is_ended_too(
    database: Settings,
    end: Callable[[Settings, str], Ended],
) -> None:
    email = new_email()
    create(email)
    user, _ = stored(database, email)

    with Session(build_migration_engine(database)) as session, ThreadPoolExecutor(1) as pool:
        session.get(User, user.id, with_for_update=True)
        session.add(new_key(user.id))
        session.flush()
        ended = pool.submit(end, database, email)
        time.sleep(WAIT_SECONDS)
        session.commit()

    assert ended.result().keys == 1
