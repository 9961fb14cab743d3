"""What happens to accounts is in the log: when, what and to whom. What is secret never is."""

import re
from dataclasses import dataclass

import pytest

from app.auth.events import SecurityEvent, log_security_event
from app.config import Settings
from app.logs import configure_logging
from app.main import create_app
from tests.auth.command_line import PASSWORD, create, database_of_commands, new_email, run
from tests.auth.letters import Letters
from tests.auth.recording import TALKATIVE, Recording, recorded
from tests.auth.walk import Walker, walk
from tests.databases import migrated_database
from tests.live import serve
from tests.staff import FAST

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO app\.accounts\.events "
    r"\[(?P<request>[0-9a-f]{32}|-)\] (?P<what>[^:]+): (?P<who>user \d+|nobody known|\S+@\S+).*",
)
EVENTS = {
    "access refused",
    "API key created",
    "API key ended",
    "API key refused",
    "deactivated",
    "e-mail verified",
    "one-time token refused",
    "password changed",
    "password refused",
    "password reset",
    "password reset asked for",
    "registered",
    "sign-in refused",
    "signed in",
    "signed out",
}


@dataclass(frozen=True)
class Walked:
    """What somebody sent and received on a walk through the service, and what that wrote."""

    secrets: dict[str, str]
    recording: Recording


@pytest.fixture(scope="module")
def walked() -> Walked:
    """A walk through a service that writes all it can."""
    letters = Letters()
    with recorded() as recording, migrated_database() as settings:
        app = create_app(settings.model_copy(update=FAST | TALKATIVE))
        app.state.mailer = letters
        with serve(app) as live:
            walker = Walker(f"{live.client.base_url}", letters)
            with walker.client:
                walk(walker)
    return Walked(walker.secrets, recording)


def test_the_walk_meets_secrets_of_each_kind(walked: Walked) -> None:
    kinds = {name.partition(" ")[0] for name in walked.secrets}

    assert kinds >= {"Authorization", "Cookie", "X-API-Key", "key", "password", "token"}
    assert "" not in walked.secrets.values()


@pytest.mark.parametrize("words", ["INSERT INTO users", "signed in: user", "POST /auth/login 401"])
def test_what_is_no_secret_is_written(walked: Walked, words: str) -> None:
    assert words in walked.recording.output.getvalue()
    assert words in walked.recording.text


def test_no_secret_is_written(walked: Walked) -> None:
    text = walked.recording.text

    assert {name for name, secret in walked.secrets.items() if secret in text} == set()


def test_each_event_tells_when_and_who(walked: Walked) -> None:
    lines = walked.recording.output.getvalue().splitlines()
    lines = [line for line in lines if " app.auth.events " in line]
    events = [LINE.fullmatch(line) for line in lines]

    assert [line for line, event in zip(lines, events, strict=True) if event is None] == []
    assert {event["what"] for event in events if event} >= EVENTS
    assert len({event["who"] for event in events if event and "user" in event["who"]}) == 1


def test_they_are_written_whatever_the_level(settings: Settings) -> None:
    with recorded() as recording:
        configure_logging(settings.model_copy(update={"log_level": "ERROR"}))
        log_security_event(SecurityEvent.SIGNED_IN, "user 7")

    assert "signed in: user 7" in recording.output.getvalue()


def test_no_secret_of_a_command_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TALKATIVE.items():
        monkeypatch.setenv(name.upper(), f"{value}")
    email, asked = new_email(), new_email()
    with recorded() as recording, database_of_commands(monkeypatch):
        results = [
            create(email),
            create(email),
            create(new_email(), password="canary"),
            run("create", asked, "--username", "asked", typed=f"{PASSWORD}\n{PASSWORD}\n"),
            run("promote", email),
        ]

    shown = recording.text + "".join(result.output for result in results)
    assert [result.exit_code for result in results] == [0, 1, 1, 0, 0]
    assert f"{email} is staff now." in shown
    assert [secret for secret in (PASSWORD, "canary") if secret in shown] == []
