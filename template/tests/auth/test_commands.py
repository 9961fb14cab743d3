"""`app users` adds people, and says what they may do and for how long."""

from collections.abc import Generator

import pytest
from argon2 import PasswordHasher
from httpx2 import Client

from app.auth.policy import MAX_PASSWORD_LENGTH, normalised
from app.config import Settings
from app.main import create_app
from app.models import Role
from app.models.base import utc_now
from tests.auth.command_line import (
    PASSWORD,
    add_user,
    assert_one_line_error,
    count_users,
    create,
    database_of_commands,
    name_of,
    new_email,
    run,
    stored,
)
from tests.auth.proofs import add_proofs, loose_ends, proofs_of
from tests.databases import nowhere
from tests.live import serve
from tests.staff import FAST

COMMANDS = {
    "create": ["--username", "ada", "--password-stdin"],
    "promote": [],
    "deactivate": [],
    "revoke": [],
}


@pytest.fixture(scope="module")
def database() -> Generator[Settings]:
    """A database for all tests here, to which DATABASE_URL points."""
    with pytest.MonkeyPatch.context() as patch, database_of_commands(patch) as settings:
        yield settings


@pytest.fixture
def email() -> str:
    """The address of somebody new."""
    return new_email()


def test_create_asks_for_the_password_twice_and_never_shows_it(
    database: Settings,
    email: str,
) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"

    result = run("create", email.upper(), "--username", name_of(email).upper(), typed=typed)

    user, _ = stored(database, email)
    assert result.exit_code == 0
    assert (user.username, user.email) == (name_of(email), email)
    assert "Password: \nRepeat for confirmation: \n" in result.stdout
    assert result.stdout.endswith(f"{email} is member and can sign in.\n")
    assert PASSWORD not in result.output


def test_two_different_passwords_are_none(database: Settings, email: str) -> None:
    before = count_users(database)

    result = run("create", email, "--username", "ada", typed=f"{PASSWORD}\nanother\n")

    assert result.exit_code == 1
    assert count_users(database) == before


@pytest.mark.parametrize(("options", "role"), [((), Role.MEMBER), (("--staff",), Role.STAFF)])
def test_a_new_user_has_a_role_a_proved_address_and_a_hash(
    database: Settings,
    email: str,
    options: tuple[str, ...],
    role: Role,
) -> None:
    result = create(email, "--full-name", "Ada Lovelace", *options)

    user, account = stored(database, email)
    assert (result.exit_code, result.stdout) == (0, f"{email} is {role} and can sign in.\n")
    assert (user.full_name, user.is_active) == ("Ada Lovelace", True)
    assert (account.role, account.email_verified_at is None) == (role, False)
    assert PasswordHasher().verify(account.password_hash, normalised(PASSWORD))


def test_a_new_user_can_sign_in(database: Settings, email: str) -> None:
    create(email)
    settings = database.model_copy(update=FAST)

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
def test_names_that_are_wrong_or_taken_are_one_line(
    database: Settings,
    address: str,
    options: tuple[str, ...],
    words: str,
) -> None:
    before = count_users(database)

    result = create(address, *options)

    assert_one_line_error(result, words)
    assert count_users(database) == before


def test_the_names_of_a_deleted_user_stay_taken(database: Settings, email: str) -> None:
    add_user(database, email, deleted_at=utc_now())

    result = create(email)

    assert_one_line_error(result, "is taken")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "Shorter than"),
        ("too short", "Shorter than"),
        ("{name} {name} {name}!", "little more than"),
        ("x" * (MAX_PASSWORD_LENGTH + 1), f"{MAX_PASSWORD_LENGTH} characters"),
    ],
    ids=["none", "short", "about the user", "long"],
)
def test_a_weak_password_is_one_line(
    database: Settings,
    email: str,
    password: str,
    words: str,
) -> None:
    before = count_users(database)

    result = create(email, password=password.format(name=name_of(email)))

    assert_one_line_error(result, words)
    assert count_users(database) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [((), Role.STAFF), (("--staff",), Role.MEMBER)],
    ids=["up", "down"],
)
def test_promote_gives_another_role(
    database: Settings,
    email: str,
    before: tuple[str, ...],
    after: Role,
) -> None:
    create(email, *before)

    result = run("promote", email.upper(), *(() if after is Role.STAFF else ("--role", after)))

    _, account = stored(database, email)
    assert (result.exit_code, result.stdout) == (0, f"{email.upper()} is {after} now.\n")
    assert account.role is after


def test_promote_needs_an_account(database: Settings, email: str) -> None:
    add_user(database, email)

    result = run("promote", email)

    assert_one_line_error(result, "no account yet")


@pytest.mark.parametrize(("command", "active"), [("deactivate", False), ("revoke", True)])
def test_a_user_loses_what_proves_them_and_nobody_else_does(
    database: Settings,
    email: str,
    command: str,
    *,
    active: bool,
) -> None:
    create(email)
    user, _ = stored(database, email)
    other_id = add_user(database, new_email())
    for user_id in (user.id, other_id):
        add_proofs(database, user_id)

    result = run(command, email)

    after, _ = stored(database, email)
    assert result.exit_code == 0
    assert result.stdout.endswith("Ended 2 sign-ins and 1 API keys.\n")
    assert proofs_of(database, user.id) == {"sign-ins": 0, "keys": 0, "tokens": 0}
    assert proofs_of(database, other_id) == {"sign-ins": 2, "keys": 1, "tokens": 1}
    assert loose_ends(database) == 0
    assert after.is_active is active


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("command", ["promote", "deactivate", "revoke"])
def test_an_unknown_address_is_one_line(email: str, command: str) -> None:
    result = run(command, email)

    assert_one_line_error(result, f"No user has the address {email}.")


@pytest.mark.parametrize(("command", "options"), COMMANDS.items())
def test_a_database_out_of_reach_is_one_line(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    options: list[str],
) -> None:
    url = nowhere(settings.database_url).render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)

    result = run(command, "ada@example.com", *options, typed=f"{PASSWORD}\n")

    assert_one_line_error(result, "")


def test_each_command_is_noted_with_whom_it_was_about(
    database: Settings,
    email: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    create(email)
    for command in ("promote", "revoke", "deactivate"):
        run(command, email)

    user, _ = stored(database, email)
    assert [one.getMessage() for one in caplog.records if one.name == "app.auth.events"] == [
        f"registered: user {user.id} as member, by the command line",
        f"role changed: user {user.id} to staff, by the command line",
        f"all sign-ins and API keys ended: user {user.id}, by the command line",
        f"deactivated: user {user.id}, by the command line",
    ]
