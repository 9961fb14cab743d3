"""What `app users` changes of a user is in the audit, like any other change."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.migration import build_migration_engine
from app.models import OutboxMessage
from tests.auth.command_line import create, database_of_commands, new_email, run


def test_what_a_command_changes_is_in_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = select(OutboxMessage).order_by(OutboxMessage.id)
    email = new_email()
    with database_of_commands(monkeypatch) as settings:
        create(email)
        run("deactivate", email)
        with Session(build_migration_engine(settings)) as session:
            payloads = [message.payload for message in session.scalars(statement)]

    changes = [(one["action"], one["entity"], one["actor"]) for one in payloads[-2:]]
    assert changes == [
        ("create", "users", "the command line"),
        ("update", "users", "the command line"),
    ]
