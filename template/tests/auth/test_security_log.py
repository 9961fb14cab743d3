"""Security events are logged with their time and user. Secrets never are."""

import json
import logging
import re
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from secrets import token_urlsafe
from typing import Any

import pytest
from httpx2 import Client, Request, Response

from app.auth.security_log import log_security_event
from app.config import Settings
from app.logs import configure_logging
from app.main import create_app
from tests.auth.commands import (
    PASSWORD,
    command_database,
    create_by_command,
    new_email,
    run_command,
)
from tests.auth.doubles import Mailbox
from tests.credentials import FAST_SETTINGS
from tests.databases import migrated_database
from tests.live import serve, wait_until

# The most that a service can log, short of the values that it stores.
VERBOSE = {"log_level": "DEBUG", "database_echo": True, "database_echo_pool": True}
# Loggers that get handlers or levels of their own.
LOGGERS = ("", "app", "app.database.diagnostics", "sqlalchemy.engine.Engine")
# Loggers of the tests' own client, which runs beside the service.
CLIENT = ("httpx2", "httpcore2")
EMAIL = "ada@example.com"
# Fields and headers that hold secrets.
FIELDS = {
    "access_token",
    "csrf_token",
    "current_password",
    "key",
    "new_password",
    "password",
    "refresh_token",
    "token",
}
HEADERS = {"Authorization", "Cookie", "Set-Cookie", "X-API-Key", "X-CSRF-Token"}
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO app\.auth\.security_log "
    r"\[(?P<request>[0-9a-f]{32}|-)\] (?P<what>[^:]+): (?P<who>user \d+|unknown|\S+@\S+).*",
)
EVENTS = {
    "authn_api_key_fail",
    "authn_email_token_fail",
    "authn_login_fail",
    "authn_login_success",
    "authn_password_change",
    "authn_password_fail",
    "authn_password_reset",
    "authn_password_reset_request",
    "authn_token_created",
    "authn_token_revoked",
    "authz_fail",
    "session_revoked",
    "user_created",
    "user_deactivated",
    "user_email_verified",
}


@dataclass
class Recording:
    """Output and log records of a service."""

    output: StringIO = field(default_factory=StringIO)
    records: list[logging.LogRecord] = field(default_factory=list[logging.LogRecord])

    @property
    def text(self) -> str:
        """All of it, with everything that is attached to a record."""
        records = [one for one in self.records if not one.name.startswith(CLIENT)]
        lines = [f"{one.getMessage()} {one.exc_text} {vars(one)}" for one in records]
        return "\n".join([self.output.getvalue(), *lines])


class Recorder(logging.Handler):
    """A handler that keeps all records."""

    def __init__(self, recording: Recording) -> None:
        super().__init__()
        self.recording = recording

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.recording.records.append(record)


@contextmanager
def recorded() -> Generator[Recording]:
    """Record until the block ends, then restore the loggers."""
    recording = Recording()
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(logger, logger.handlers, logger.level) for logger in loggers]
    for logger in loggers:
        logger.handlers = [*logger.handlers]
    loggers[0].addHandler(Recorder(recording))
    loggers[0].setLevel(logging.DEBUG)
    try:
        with redirect_stdout(recording.output), redirect_stderr(recording.output):
            yield recording
    finally:
        for logger, handlers, level in before:
            logger.handlers = handlers
            logger.setLevel(level)


def new_password() -> str:
    """Password that occurs nowhere else."""
    return f"canary {token_urlsafe()}"


@dataclass
class Scenario:
    """A user who calls a service over the network; it remembers every secret on the way."""

    url: str
    mailbox: Mailbox
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    mails: int = 0

    def __post_init__(self) -> None:
        """Open a client that watches all messages."""
        self.client = Client(
            base_url=self.url,
            event_hooks={"request": [self._watch_request], "response": [self._watch_response]},
        )

    def send(self, status: int, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request, check the status, and return the body of the response."""
        response = self.client.request(method, path, json=body, headers=headers)
        assert response.status_code == status, f"{method} {path}: {response.text}"
        return response.json() if response.content else None

    def mailed_token(self) -> str:
        """Wait for the next mail with a token; return the token."""
        wait_until(lambda: len(self.mailbox.sent) > self.mails)
        self.mails = len(self.mailbox.sent)
        return self.mailbox.token(EMAIL)

    def login(self, password: str) -> None:
        """Log in; later requests belong to the session."""
        body = {"email": EMAIL, "password": password}
        response = self.client.post("/auth/login", json=body)
        assert response.status_code == 200, response.text
        self._take_credentials(response)

    def change_password(self, body: dict[str, str]) -> None:
        """Change the password; later requests belong to the new session."""
        response = self.client.post("/auth/password", json=body)
        assert response.status_code == 200, response.text
        self._take_credentials(response)

    # {% if auth == "jwt" %}
    def continue_session(self) -> None:
        """Continue the session."""
        self.send(401, "POST", "/auth/refresh", {"refresh_token": token_urlsafe()})
        body = {"refresh_token": self.refresh_token}
        self._take_credentials(self.client.post("/auth/refresh", json=body))

    def _take_credentials(self, response: Response) -> None:
        tokens = response.json()
        self.refresh_token = tokens["refresh_token"]
        self.client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    # {% else %}
    def continue_session(self) -> None:
        """Continue the session."""
        self.send(403, "PATCH", "/auth/me", {}, **{"X-CSRF-Token": token_urlsafe()})
        found = self.send(200, "GET", "/auth/csrf")
        self.client.headers["X-CSRF-Token"] = found["csrf_token"]

    def _take_credentials(self, response: Response) -> None:
        self.client.headers["Cookie"] = response.headers["Set-Cookie"].partition(";")[0]
        self.client.headers["X-CSRF-Token"] = response.json()["csrf_token"]
    # {% endif %}

    def _watch_request(self, request: Request) -> None:
        self._remember(request.content, request.headers)

    def _watch_response(self, response: Response) -> None:
        self._remember(response.read(), response.headers)

    def _remember(self, content: bytes, headers: Any) -> None:
        """Remember the secrets of a message, each by the name it was sent as."""
        body: Any = json.loads(content) if content.startswith(b"{") else {}
        found = {name: body[name] for name in FIELDS & body.keys()}
        found |= {name: headers[name] for name in HEADERS if name in headers}
        for name, value in found.items():
            # In a header, the secret follows the scheme or the name of the cookie.
            secret = value.removeprefix("Bearer ").partition(";")[0]
            secret = secret.partition("=")[2] if "ookie" in name else secret
            self.secrets[f"{name} {len(self.secrets)}"] = secret


def register(scenario: Scenario, password: str) -> None:
    """Register and verify the email, after some attempts that fail."""
    user = {"username": "ada", "email": EMAIL}
    scenario.send(422, "POST", "/auth/register", user | {"password": token_urlsafe(6)})
    scenario.send(202, "POST", "/auth/register", user | {"password": password})
    token = scenario.mailed_token()
    scenario.send(401, "POST", "/auth/login", {"email": EMAIL, "password": password})
    scenario.send(422, "POST", "/auth/verify", {"token": token_urlsafe()})
    scenario.send(204, "POST", "/auth/verify", {"token": token})


def use_account(scenario: Scenario, password: str, replacement: str) -> None:
    """Log in, create a key, change the password and log out; most fail once first."""
    scenario.send(401, "POST", "/auth/login", {"email": EMAIL, "password": new_password()})
    scenario.send(401, "GET", "/auth/me", Authorization=f"Bearer {token_urlsafe()}")
    scenario.send(401, "GET", "/auth/me", Cookie=f"__Host-session={token_urlsafe()}")
    scenario.send(401, "GET", "/auth/me", **{"X-API-Key": token_urlsafe()})
    scenario.login(password)
    scenario.continue_session()
    made = scenario.send(201, "POST", "/auth/api-keys", {"name": "canary", "scopes": []})
    scenario.send(200, "GET", "/auth/me", **{"X-API-Key": made["key"]})
    scenario.send(403, "GET", "/auth/api-keys", **{"X-API-Key": made["key"]})
    scenario.send(204, "DELETE", f"/auth/api-keys/{made['id']}")
    change = {"current_password": new_password(), "new_password": replacement}
    scenario.send(422, "POST", "/auth/password", change)
    scenario.change_password(change | {"current_password": password})
    scenario.send(204, "POST", "/auth/logout")


def reset_password(scenario: Scenario) -> None:
    """Reset the password, log in, and close the account."""
    password = new_password()
    scenario.mails = len(scenario.mailbox.sent)
    scenario.send(202, "POST", "/auth/password/forgot", {"email": EMAIL})
    token = scenario.mailed_token()
    change = {"token": token, "password": password}
    scenario.send(422, "POST", "/auth/password/reset", change | {"token": token_urlsafe()})
    scenario.send(204, "POST", "/auth/password/reset", change)
    scenario.login(password)
    scenario.send(422, "DELETE", "/auth/me", {"password": new_password()})
    scenario.send(204, "DELETE", "/auth/me", {"password": password})


def play(scenario: Scenario) -> None:
    """Use every route that handles a secret."""
    first, second = new_password(), new_password()
    register(scenario, first)
    use_account(scenario, first, second)
    reset_password(scenario)


@dataclass(frozen=True)
class Outcome:
    """The secrets of a scenario, and what the service has logged."""

    secrets: dict[str, str]
    recording: Recording


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """A scenario with a service that logs all it can."""
    mailbox = Mailbox()
    with recorded() as recording, migrated_database() as settings:
        app = create_app(settings.model_copy(update=FAST_SETTINGS | VERBOSE))
        app.state.mailer = mailbox
        with serve(app) as live:
            scenario = Scenario(f"{live.client.base_url}", mailbox)
            with scenario.client:
                play(scenario)
    return Outcome(scenario.secrets, recording)


def test_the_scenario_meets_every_kind_of_secret(outcome: Outcome) -> None:
    kinds = {name.partition(" ")[0] for name in outcome.secrets}

    assert kinds >= {"Authorization", "Cookie", "X-API-Key", "key", "password", "token"}
    assert "" not in outcome.secrets.values()


@pytest.mark.parametrize(
    "words", ["INSERT INTO users", "authn_login_success: user", "POST /auth/login 401"]
)
def test_everything_but_secrets_is_logged(outcome: Outcome, words: str) -> None:
    assert words in outcome.recording.output.getvalue()
    assert words in outcome.recording.text


def test_no_secret_is_logged(outcome: Outcome) -> None:
    text = outcome.recording.text

    assert {name for name, secret in outcome.secrets.items() if secret in text} == set()


def test_each_event_names_its_time_and_user(outcome: Outcome) -> None:
    lines = outcome.recording.output.getvalue().splitlines()
    lines = [line for line in lines if " app.auth.security_log " in line]
    events = [LINE.fullmatch(line) for line in lines]

    assert [line for line, event in zip(lines, events, strict=True) if event is None] == []
    assert {event["what"] for event in events if event} >= EVENTS
    assert len({event["who"] for event in events if event and "user" in event["who"]}) == 1


def test_security_events_are_logged_at_any_level(settings: Settings) -> None:
    with recorded() as recording:
        configure_logging(settings.model_copy(update={"log_level": "ERROR"}))
        log_security_event("authn_login_success", "user 7")

    assert "authn_login_success: user 7" in recording.output.getvalue()


def test_no_secret_of_a_command_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VERBOSE.items():
        monkeypatch.setenv(name.upper(), f"{value}")
    email, asked = new_email(), new_email()
    with recorded() as recording, command_database(monkeypatch):
        commands = [
            create_by_command(email),
            create_by_command(email),
            create_by_command(new_email(), password="canary"),
            run_command("create", asked, "--username", "asked", typed=f"{PASSWORD}\n{PASSWORD}\n"),
            run_command("promote", email),
        ]

    shown = recording.text + "".join(command.output for command in commands)
    assert [command.exit_code for command in commands] == [0, 1, 1, 0, 0]
    assert f"{email} is staff now." in shown
    assert [secret for secret in (PASSWORD, "canary") if secret in shown] == []
