"""Commands for users: `app users create`."""

from typing import Annotated

import typer
from pydantic import ValidationError

from app.auth import admin
from app.auth.passwords import MAX_PASSWORD_LENGTH, Passwords, validate_password
from app.config import Settings, load_settings
from app.database.cli import one_line_errors
from app.errors import Invalid
from app.logs import configure_logging
from app.models import Role

users = typer.Typer(help="Manage users and their roles.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The user's email address.")]
Username = Annotated[str, typer.Option("--username", help="A unique username.")]
FullName = Annotated[str | None, typer.Option("--full-name", help="The user's full name.")]
Staff = Annotated[bool, typer.Option("--staff", help="Give the user all scopes.")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from a pipe.")]
NewRole = Annotated[Role, typer.Option("--role", help="The new role.")]


@users.command()
def create(
    email: Email,
    *,
    username: Username,
    full_name: FullName = None,
    staff: Staff = False,
    password_stdin: Stdin = False,
) -> None:
    """Create a user with a verified email. Asks for the password."""
    settings = _settings()
    with one_line_errors():
        new = _new_user(email, username, full_name, Role.STAFF if staff else Role.MEMBER)
        admin.require_unused_names(settings, new)
        password = _read_password(from_pipe=password_stdin)
        if len(password) > MAX_PASSWORD_LENGTH:
            raise Invalid(f"A password can have {MAX_PASSWORD_LENGTH} characters at most.")
        validate_password(settings, password, [new.username, new.email])
        # Between two transactions, not within one: hashing takes its time.
        password_hash = Passwords(settings).hash_blocking(password)
        admin.create_user(settings, new, password_hash)
    typer.echo(f"{new.email} is {new.role} and can log in.")


@users.command()
def promote(email: Email, *, role: NewRole = Role.STAFF) -> None:
    """Change the role of a user. It takes effect at the next request."""
    settings = _settings()
    with one_line_errors():
        admin.change_role(settings, email, role)
    typer.echo(f"{email} is {role} now.")


@users.command()
def deactivate(email: Email) -> None:
    """Deactivate a user. Revokes all sessions and API keys."""
    settings = _settings()
    with one_line_errors():
        revoked = admin.deactivate_user(settings, email)
    typer.echo(f"{email} is inactive. {_summary(revoked)}")


@users.command()
def revoke(email: Email) -> None:
    """Revoke all sessions and API keys of a user, who can log in again."""
    settings = _settings()
    with one_line_errors():
        revoked = admin.revoke_user(settings, email)
    typer.echo(_summary(revoked))


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings)
    return settings


def _new_user(email: str, username: str, full_name: str | None, role: Role) -> admin.NewUser:
    """Validated user. Raises Invalid, which names the option."""
    try:
        return admin.NewUser(email=email, username=username, full_name=full_name, role=role)
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(f"{first['loc'][0]}: {first['msg']}") from None


def _read_password(*, from_pipe: bool) -> str:
    if from_pipe:
        return typer.get_text_stream("stdin").readline().rstrip("\r\n")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _summary(revoked: admin.RevokedCounts) -> str:
    return f"Revoked {revoked.sessions} sessions and {revoked.api_keys} API keys."
