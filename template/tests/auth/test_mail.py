# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Mail leaves by the sender of the settings, after the answer, and never stops a request."""

import re
from smtplib import SMTPNotSupportedError
from ssl import SSLError
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from pydantic import SecretStr

from app.auth.mail import ConsoleMailer, Mail, SMTPMailer, build_mailer
from app.config import Settings
from app.main import create_app
from tests.auth.letters import TOKEN
from tests.auth.people import PASSWORD
from tests.auth.smtp import SMTPServer, smtp_server
from tests.auth.swapping import swapped
from tests.factories import user_data

DATE = r"Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"
MESSAGE_ID = r"Message-ID: <[^@<>]+@example\.com>"
MAIL = Mail("ada@example.com", "A subject", "A text\n.\nthat goes on after a dot, with é\n")


def smtp_settings(settings: Settings, port: int, **fields: Any) -> Settings:
    return settings.model_copy(
        update={"mail_sender": "smtp", "smtp_port": port, "smtp_security": "none"} | fields,
    )


def send_through(server: SMTPServer, settings: Settings, **fields: Any) -> None:
    build_mailer(smtp_settings(settings, server.port, **fields)).send(MAIL)


def test_the_settings_choose_the_sender(settings: Settings) -> None:
    console = create_app(settings)
    smtp = create_app(smtp_settings(settings, 25))

    assert isinstance(console.state.mailer, ConsoleMailer)
    assert isinstance(smtp.state.mailer, SMTPMailer)


def test_the_console_shows_a_mail(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleMailer().send(MAIL)

    shown = capsys.readouterr().out
    assert "To: ada@example.com" in shown
    assert MAIL.text in shown


def test_a_server_gets_the_whole_mail(settings: Settings) -> None:
    with smtp_server() as server:
        send_through(server, settings, mail_from="shop@example.com")

    assert server.lines[1].lower().startswith("mail from:<shop@example.com>")
    assert server.lines[2].lower().startswith("rcpt to:<ada@example.com>")
    assert "Subject: A subject" in server.lines
    assert [line for line in server.lines if re.fullmatch(DATE, line)]
    assert [line for line in server.lines if re.fullmatch(MESSAGE_ID, line)]
    assert server.lines[-5:-1] == ["A text", "..", "that goes on after a dot, with é", "."]


def test_a_user_name_and_a_password_are_sent_where_they_are_set(settings: Settings) -> None:
    credentials = {"smtp_username": "shop", "smtp_password": SecretStr("s3cret")}
    with smtp_server() as server:
        send_through(server, settings, **credentials)
    with smtp_server() as other:
        send_through(other, settings)

    assert [line for line in server.lines if line.startswith("AUTH PLAIN ")]
    assert not [line for line in other.lines if line.startswith("AUTH")]


def test_nothing_is_sent_in_clear_where_encryption_is_asked_for(settings: Settings) -> None:
    credentials = {"smtp_username": "shop", "smtp_password": SecretStr("s3cret")}
    with smtp_server() as server, pytest.raises(SMTPNotSupportedError):
        send_through(server, settings, smtp_security="starttls", **credentials)

    assert [line.partition(" ")[0].lower() for line in server.lines] == ["ehlo", "quit"]


def test_a_server_that_speaks_no_tls_gets_nothing(settings: Settings) -> None:
    with smtp_server() as server, pytest.raises(SSLError):
        send_through(server, settings, smtp_security="tls")

    assert not [line for line in server.lines if "ada@example.com" in line]


async def test_a_registration_reaches_the_server(
    app: FastAPI,
    nobody: AsyncClient,
    settings: Settings,
) -> None:
    data = user_data(password=PASSWORD)
    with smtp_server() as server:
        mailer = build_mailer(smtp_settings(settings, server.port))
        with swapped(app, mailer=mailer):
            response = await nobody.post("/auth/register", json=data)

    assert response.status_code == 202
    assert f"To: {data['email']}" in server.lines
    assert [line for line in server.lines if TOKEN.fullmatch(line)]


@pytest.mark.parametrize("path", ["/auth/register", "/auth/password/forgot"])
async def test_a_server_that_fails_fails_no_request_and_the_log_holds_no_token(
    app: FastAPI,
    nobody: AsyncClient,
    caplog: pytest.LogCaptureFixture,
    path: str,
) -> None:
    data = user_data(password=PASSWORD)
    await nobody.post("/auth/register", json=data)
    sent: list[Mail] = []

    class Failing(SMTPMailer):
        """A sender whose server is out of reach."""

        def send(self, mail: Mail) -> None:
            sent.append(mail)
            super().send(mail)

    body = data | user_data() if path == "/auth/register" else {"email": data["email"]}
    with swapped(app, mailer=Failing(smtp_settings(app.state.settings, 1))):
        response = await nobody.post(path, json=body)

    token = TOKEN.findall(sent[0].text)[0]
    assert response.status_code == 202
    assert "was not sent: ConnectionRefusedError" in caplog.text
    assert token not in caplog.text
    assert PASSWORD not in caplog.text
# {% endcall %}
