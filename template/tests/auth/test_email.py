# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Mail leaves by the mailer of the settings, after the response, and never fails a request."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from smtplib import SMTPNotSupportedError
from socketserver import StreamRequestHandler, TCPServer
from ssl import SSLError
from threading import Thread
from typing import Any, cast

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from pydantic import SecretStr

from app.auth.email import ConsoleMailer, Mail, SMTPMailer, build_mailer
from app.config import Settings
from app.main import create_app
from tests.auth.doubles import TOKEN, override_state
from tests.auth.users import PASSWORD
from tests.factories import user_data

ANSWERS = {
    "EHLO": "250-localhost\r\n250 AUTH PLAIN",
    "AUTH": "235 welcome",
    "DATA": "354 go on",
    "QUIT": "221 bye",
}


class SMTPServer(TCPServer):
    """A server that keeps what clients send, line by line."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.lines: list[str] = []

    @property
    def port(self) -> int:
        """Port on which it listens."""
        return int(self.server_address[1])


class Conversation(StreamRequestHandler):
    """A connection of one client."""

    def handle(self) -> None:
        """Answer until the client leaves."""
        lines = cast("SMTPServer", self.server).lines
        in_message = False
        self._say("220 here")
        for raw in self.rfile:
            line = raw.decode(errors="replace").rstrip("\r\n")
            lines.append(line)
            verb = line[:4].upper()
            if in_message:
                in_message = line != "."
                if not in_message:
                    self._say("250 taken")
                continue
            self._say(ANSWERS.get(verb, "250 fine"))
            in_message = verb == "DATA"

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def smtp_server() -> Generator[SMTPServer]:
    """Run a server until the block ends."""
    with SMTPServer() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


DATE = r"Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"
MESSAGE_ID = r"Message-ID: <[^@<>]+@example\.com>"
MAIL = Mail("ada@example.com", "A subject", "A text\n.\nthat goes on after a dot, with é\n")


def smtp_settings(settings: Settings, port: int, **fields: Any) -> Settings:
    return settings.model_copy(
        update={"mail_sender": "smtp", "smtp_port": port, "smtp_security": "none"} | fields,
    )


def send_through(server: SMTPServer, settings: Settings, **fields: Any) -> None:
    build_mailer(smtp_settings(settings, server.port, **fields)).send(MAIL)


def test_the_settings_choose_the_mailer(settings: Settings) -> None:
    console = create_app(settings)
    smtp = create_app(smtp_settings(settings, 25))

    assert isinstance(console.state.mailer, ConsoleMailer)
    assert isinstance(smtp.state.mailer, SMTPMailer)


def test_the_console_mailer_prints_a_mail(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleMailer().send(MAIL)

    shown = capsys.readouterr().out
    assert "To: ada@example.com" in shown
    assert MAIL.text in shown


def test_the_smtp_server_receives_the_whole_mail(settings: Settings) -> None:
    with smtp_server() as server:
        send_through(server, settings, mail_from="shop@example.com")

    assert server.lines[1].lower().startswith("mail from:<shop@example.com>")
    assert server.lines[2].lower().startswith("rcpt to:<ada@example.com>")
    assert "Subject: A subject" in server.lines
    assert [line for line in server.lines if re.fullmatch(DATE, line)]
    assert [line for line in server.lines if re.fullmatch(MESSAGE_ID, line)]
    assert server.lines[-5:-1] == ["A text", "..", "that goes on after a dot, with é", "."]


def test_smtp_credentials_are_sent_if_they_are_set(settings: Settings) -> None:
    credentials = {"smtp_username": "shop", "smtp_password": SecretStr("s3cret")}
    with smtp_server() as server:
        send_through(server, settings, **credentials)
    with smtp_server() as other:
        send_through(other, settings)

    assert [line for line in server.lines if line.startswith("AUTH PLAIN ")]
    assert not [line for line in other.lines if line.startswith("AUTH")]


def test_nothing_is_sent_if_the_server_offers_no_starttls(settings: Settings) -> None:
    credentials = {"smtp_username": "shop", "smtp_password": SecretStr("s3cret")}
    with smtp_server() as server, pytest.raises(SMTPNotSupportedError):
        send_through(server, settings, smtp_security="starttls", **credentials)

    assert [line.partition(" ")[0].lower() for line in server.lines] == ["ehlo", "quit"]


def test_nothing_is_sent_if_the_server_speaks_no_tls(settings: Settings) -> None:
    with smtp_server() as server, pytest.raises(SSLError):
        send_through(server, settings, smtp_security="tls")

    assert not [line for line in server.lines if "ada@example.com" in line]


async def test_a_registration_reaches_the_smtp_server(
    app: FastAPI,
    client: AsyncClient,
    settings: Settings,
) -> None:
    data = user_data(password=PASSWORD)
    with smtp_server() as server:
        mailer = build_mailer(smtp_settings(settings, server.port))
        with override_state(app, mailer=mailer):
            response = await client.post("/auth/register", json=data)

    assert response.status_code == 202
    assert f"To: {data['email']}" in server.lines
    assert [line for line in server.lines if TOKEN.fullmatch(line)]


@pytest.mark.parametrize("path", ["/auth/register", "/auth/password/forgot"])
async def test_a_failing_smtp_server_fails_no_request_and_the_log_holds_no_token(
    app: FastAPI,
    client: AsyncClient,
    caplog: pytest.LogCaptureFixture,
    path: str,
) -> None:
    data = user_data(password=PASSWORD)
    await client.post("/auth/register", json=data)
    sent: list[Mail] = []

    class FailingMailer(SMTPMailer):
        """A mailer whose server is unreachable."""

        def send(self, mail: Mail) -> None:
            sent.append(mail)
            super().send(mail)

    body = data | user_data() if path == "/auth/register" else {"email": data["email"]}
    with override_state(app, mailer=FailingMailer(smtp_settings(app.state.settings, 1))):
        response = await client.post(path, json=body)

    token = TOKEN.findall(sent[0].text)[0]
    assert response.status_code == 202
    assert "was not sent: ConnectionRefusedError" in caplog.text
    assert token not in caplog.text
    assert PASSWORD not in caplog.text
# {% endcall %}
