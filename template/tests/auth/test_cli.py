"""`app users` creates users, changes their role, and revokes their credentials."""

import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from httpx2 import Client
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from typer.testing import Result

from app.auth.admin import RevokedCounts, deactivate_user, revoke_user
from app.auth.passwords import MAX_PASSWORD_LENGTH, normalize_password
from app.auth.tokens import digest_of, new_token
from app.config import Settings
from app.database.migration import build_migration_engine
from app.main import create_app
from app.models import ApiKey, EmailToken, Role, TokenPurpose, User, UserCredential, UserSession
# {% if auth == "jwt" %}
from app.models.auth import RefreshToken
# {% endif %}
from app.models.base import utc_now
from tests.auth.commands import (
    PASSWORD,
    command_database,
    create_by_command,
    new_email,
    run_command,
    username_of,
)
from tests.credentials import FAST_SETTINGS
from tests.databases import unreachable
from tests.live import serve

WAIT_SECONDS = 0.2
COMMANDS = {
    "create": ["--username", "ada", "--password-stdin"],
    "promote": [],
    "deactivate": [],
    "revoke": [],
}


def add_credentials(settings: Settings, user_id: int) -> None:
    """Store two sessions, an API key and an email token of a user."""
    with Session(build_migration_engine(settings)) as session:
        for _ in range(2):
            _add_session(session, user_id)
        token = EmailToken(user_id=user_id, purpose=TokenPurpose.RESET, digest=_digest())
        token.expires_at = utc_now() + timedelta(hours=1)
        session.add_all([new_key(user_id), token])
        session.commit()


def new_key(user_id: int) -> ApiKey:
    """API key of a user, not stored yet."""
    return ApiKey(user_id=user_id, name="tests", prefix="", digest=_digest(), scopes=[])


def count_credentials(settings: Settings, user_id: int) -> dict[str, int]:
    """Number of rows of each kind."""
    user_sessions = select(UserSession.id).where(UserSession.user_id == user_id)
    counts = {
        "sessions": select(func.count()).select_from(user_sessions.subquery()),
        "keys": select(func.count(ApiKey.id)).where(ApiKey.user_id == user_id),
        "tokens": select(func.count(EmailToken.id)).where(EmailToken.user_id == user_id),
    }
    with Session(build_migration_engine(settings)) as session:
        return {kind: session.scalars(statement).one() for kind, statement in counts.items()}


# {% if auth == "jwt" %}
def count_orphans(settings: Settings) -> int:
    """Number of refresh tokens without a session."""
    statement = select(func.count(RefreshToken.id)).where(
        RefreshToken.session_id.not_in(select(UserSession.id)),
    )
    with Session(build_migration_engine(settings)) as session:
        return session.scalars(statement).one()


def _add_session(session: Session, user_id: int) -> None:
    user_session = UserSession(
        user_id=user_id, client="tests", expires_at=utc_now() + timedelta(hours=1)
    )
    session.add(user_session)
    session.flush()
    session.add(RefreshToken(session_id=user_session.id, digest=_digest()))
# {% else %}
def count_orphans(_settings: Settings) -> int:
    """Number of rows without their session: sessions have none."""
    return 0


def _add_session(session: Session, user_id: int) -> None:
    user_session = UserSession(user_id=user_id, client="tests", digest=_digest())
    user_session.expires_at = utc_now() + timedelta(hours=1)
    session.add(user_session)
# {% endif %}


def _digest() -> str:
    return digest_of(new_token())


def stored_user(settings: Settings, email: str) -> tuple[User, UserCredential]:
    """Stored user with an email."""
    statement = select(User, UserCredential).join(UserCredential, UserCredential.user_id == User.id)
    with Session(build_migration_engine(settings)) as session:
        row = session.execute(statement.where(User.email == email)).one()
        return row[0], row[1]


def store_user(settings: Settings, email: str, deleted_at: datetime | None = None) -> int:
    """Store a user without credentials; return the id."""
    with Session(build_migration_engine(settings)) as session:
        user = User(username=username_of(email), email=email, deleted_at=deleted_at)
        session.add(user)
        session.commit()
        return user.id


def count_users(settings: Settings) -> int:
    with Session(build_migration_engine(settings)) as session:
        return session.scalars(select(func.count(User.id))).one()


def assert_one_line_error(result: Result, words: str) -> None:
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.fixture(scope="module")
def database() -> Generator[Settings]:
    """A database for all tests of this module, to which DATABASE_URL points."""
    with pytest.MonkeyPatch.context() as patch, command_database(patch) as settings:
        yield settings


@pytest.fixture
def email() -> str:
    """Email that no user has."""
    return new_email()


def test_create_prompts_for_the_password_twice_and_hides_it(
    database: Settings,
    email: str,
) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"

    result = run_command(
        "create", email.upper(), "--username", username_of(email).upper(), typed=typed
    )

    user, _ = stored_user(database, email)
    assert result.exit_code == 0
    assert (user.username, user.email) == (username_of(email), email)
    assert "Password: \nRepeat for confirmation: \n" in result.stdout
    assert result.stdout.endswith(f"{email} is member and can log in.\n")
    assert PASSWORD not in result.output


def test_two_different_passwords_create_no_user(database: Settings, email: str) -> None:
    before = count_users(database)

    result = run_command("create", email, "--username", "ada", typed=f"{PASSWORD}\nanother\n")

    assert result.exit_code == 1
    assert count_users(database) == before


@pytest.mark.parametrize(("options", "role"), [((), Role.MEMBER), (("--staff",), Role.STAFF)])
def test_a_new_user_has_a_role_a_verified_email_and_a_hash(
    database: Settings,
    email: str,
    options: tuple[str, ...],
    role: Role,
) -> None:
    result = create_by_command(email, "--full-name", "Ada Lovelace", *options)

    user, credential = stored_user(database, email)
    assert (result.exit_code, result.stdout) == (0, f"{email} is {role} and can log in.\n")
    assert (user.full_name, user.is_active) == ("Ada Lovelace", True)
    assert (credential.role, credential.email_verified_at is None) == (role, False)
    assert PasswordHasher().verify(credential.password_hash, normalize_password(PASSWORD))


def test_a_new_user_can_log_in(database: Settings, email: str) -> None:
    create_by_command(email)
    settings = database.model_copy(update=FAST_SETTINGS)

    with serve(create_app(settings)) as live, Client(base_url=live.client.base_url) as client:
        response = client.post("/auth/login", json={"email": email, "password": PASSWORD})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("address", "options", "words"),
    [
        ("nonsense", ("--username", "ada"), "email: "),
        ("ada@example.com", ("--username", "a b"), "username: "),
        ("ada@example.com", ("--full-name", " "), "full_name: "),
        ("STAFF@example.com", ("--username", "ada"), "staff@example.com is taken"),
        ("ada@example.com", ("--username", "Staff"), "staff is taken"),
    ],
)
def test_an_invalid_or_taken_name_is_one_line(
    database: Settings,
    address: str,
    options: tuple[str, ...],
    words: str,
) -> None:
    before = count_users(database)

    result = create_by_command(address, *options)

    assert_one_line_error(result, words)
    assert count_users(database) == before


def test_the_names_of_a_deleted_user_stay_taken(database: Settings, email: str) -> None:
    store_user(database, email, deleted_at=utc_now())

    result = create_by_command(email)

    assert_one_line_error(result, "is taken")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "Use at least"),
        ("too short", "Use at least"),
        ("{name} {name} {name}!", "Too similar to"),
        ("x" * (MAX_PASSWORD_LENGTH + 1), f"{MAX_PASSWORD_LENGTH} characters"),
    ],
    ids=["empty", "short", "about the user", "long"],
)
def test_a_weak_password_is_one_line(
    database: Settings,
    email: str,
    password: str,
    words: str,
) -> None:
    before = count_users(database)

    result = create_by_command(email, password=password.format(name=username_of(email)))

    assert_one_line_error(result, words)
    assert count_users(database) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [((), Role.STAFF), (("--staff",), Role.MEMBER)],
    ids=["up", "down"],
)
def test_promote_changes_the_role(
    database: Settings,
    email: str,
    before: tuple[str, ...],
    after: Role,
) -> None:
    create_by_command(email, *before)

    result = run_command(
        "promote", email.upper(), *(() if after is Role.STAFF else ("--role", after))
    )

    _, credential = stored_user(database, email)
    assert (result.exit_code, result.stdout) == (0, f"{email.upper()} is {after} now.\n")
    assert credential.role is after


def test_promote_needs_credentials(database: Settings, email: str) -> None:
    store_user(database, email)

    result = run_command("promote", email)

    assert_one_line_error(result, "no password yet")


@pytest.mark.parametrize(("command", "active"), [("deactivate", False), ("revoke", True)])
def test_deactivate_and_revoke_delete_the_credentials_of_one_user(
    database: Settings,
    email: str,
    command: str,
    *,
    active: bool,
) -> None:
    create_by_command(email)
    user, _ = stored_user(database, email)
    other_id = store_user(database, new_email())
    for user_id in (user.id, other_id):
        add_credentials(database, user_id)

    result = run_command(command, email)

    after, _ = stored_user(database, email)
    assert result.exit_code == 0
    assert result.stdout.endswith("Revoked 2 sessions and 1 API keys.\n")
    assert count_credentials(database, user.id) == {"sessions": 0, "keys": 0, "tokens": 0}
    assert count_credentials(database, other_id) == {"sessions": 2, "keys": 1, "tokens": 1}
    assert count_orphans(database) == 0
    assert after.is_active is active


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("command", ["promote", "deactivate", "revoke"])
def test_an_unknown_email_is_one_line(email: str, command: str) -> None:
    result = run_command(command, email)

    assert_one_line_error(result, f"No user has the email {email}.")


@pytest.mark.parametrize(("command", "options"), COMMANDS.items())
def test_an_unreachable_database_is_one_line(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    options: list[str],
) -> None:
    url = unreachable(settings.database_url).render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)

    result = run_command(command, "ada@example.com", *options, typed=f"{PASSWORD}\n")

    assert_one_line_error(result, "")


def test_each_command_is_in_the_security_log(
    database: Settings,
    email: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    create_by_command(email)
    for command in ("promote", "revoke", "deactivate"):
        run_command(command, email)

    user, _ = stored_user(database, email)
    assert [one.getMessage() for one in caplog.records if one.name == "app.auth.security_log"] == [
        f"user_created: user {user.id} as member, by the command line",
        f"authz_change: user {user.id} to staff, by the command line",
        f"authn_credentials_revoked: user {user.id}, by the command line",
        f"user_deactivated: user {user.id}, by the command line",
    ]


@pytest.mark.parametrize("revoke", [deactivate_user, revoke_user])
def test_a_key_created_at_the_same_moment_is_revoked_too(
    database: Settings,
    revoke: Callable[[Settings, str], RevokedCounts],
) -> None:
    email = new_email()
    create_by_command(email)
    user, _ = stored_user(database, email)

    with Session(build_migration_engine(database)) as session, ThreadPoolExecutor(1) as pool:
        session.get(User, user.id, with_for_update=True)
        session.add(new_key(user.id))
        session.flush()
        revoked = pool.submit(revoke, database, email)
        time.sleep(WAIT_SECONDS)
        session.commit()

    assert revoked.result().api_keys == 1
