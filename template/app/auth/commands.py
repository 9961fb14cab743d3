"""Look after users from the command line: `app users create`."""

from typing import Annotated

import typer
from pydantic import ValidationError

from app.auth import administration
from app.auth.administration import Ended, NewUser
from app.auth.passwords import Passwords
from app.auth.policy import MAX_PASSWORD_LENGTH, check_password, normalised
from app.config import Settings, load_settings
from app.console import one_line_errors
from app.errors import Invalid
from app.logs import configure_logging
from app.models import Role

users = typer.Typer(help="Look after users and what they may do.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(metavar="EMAIL", help="The user's e-mail address.")]
Username = Annotated[str, typer.Option("--username", help="A name that nobody else has.")]
FullName = Annotated[str | None, typer.Option("--full-name", help="What people call the user.")]
Staff = Annotated[bool, typer.Option("--staff", help="Let the user do everything.")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from a pipe.")]
NewRole = Annotated[Role, typer.Option("--role", help="What the user shall be.")]


@users.command()
def create(
    email: Address,
    *,
    username: Username,
    full_name: FullName = None,
    staff: Staff = False,
    password_stdin: Stdin = False,
) -> None:
    """Add a user who may sign in at once. Asks for the password, unless it comes from a pipe."""
    settings = _settings()
    with one_line_errors():
        new = _new_user(email, username, full_name, Role.STAFF if staff else Role.MEMBER)
        administration.require_free_names(settings, new)
        password = _read_password(from_pipe=password_stdin)
        if len(password) > MAX_PASSWORD_LENGTH:
            raise Invalid(f"A password can have {MAX_PASSWORD_LENGTH} characters.")
        check_password(settings, password, [new.username, new.email])
        # Between two transactions, not within one: a hash takes its time.
        password_hash = Passwords(settings).hasher.hash(normalised(password))
        administration.add_user(settings, new, password_hash)
    typer.echo(f"{new.email} is {new.role} and can sign in.")


@users.command()
def promote(email: Address, *, role: NewRole = Role.STAFF) -> None:
    """Give a user another role. It counts from the next request on."""
    settings = _settings()
    with one_line_errors():
        administration.change_role(settings, email, role)
    typer.echo(f"{email} is {role} now.")


@users.command()
def deactivate(email: Address) -> None:
    """Keep a user out, and end all sign-ins and API keys of theirs."""
    settings = _settings()
    with one_line_errors():
        ended = administration.deactivate_user(settings, email)
    typer.echo(f"{email} is inactive. {_told(ended)}")


@users.command()
def revoke(email: Address) -> None:
    """End all sign-ins and API keys of a user, who may sign in again."""
    settings = _settings()
    with one_line_errors():
        ended = administration.revoke_user(settings, email)
    typer.echo(_told(ended))


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings)
    return settings


def _new_user(email: str, username: str, full_name: str | None, role: Role) -> NewUser:
    """Return who shall be added. Raises Invalid, and names what is wrong."""
    try:
        return NewUser(email=email, username=username, full_name=full_name, role=role)
    except ValidationError as error:
        problem = error.errors()[0]
        raise Invalid(f"{problem['loc'][0]}: {problem['msg']}") from None


def _read_password(*, from_pipe: bool) -> str:
    if from_pipe:
        return typer.get_text_stream("stdin").readline().rstrip("\r\n")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _told(ended: Ended) -> str:
    return f"Ended {ended.user_sessions} sign-ins and {ended.keys} API keys."
