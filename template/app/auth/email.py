# {% from "extensions/written_async.jinja" import written_async %}
"""Emails: their texts, the senders, and delivery after the response.

The texts name routes of this service. With a page of your own, link to it instead, with the token
behind a `#`: that part of a link is not sent to servers, so it stays out of their logs.
"""

import logging
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import localtime, make_msgid, parseaddr
from smtplib import SMTP, SMTP_SSL
from ssl import create_default_context
from typing import Annotated, Protocol

from anyio import to_thread
from fastapi import BackgroundTasks, Depends, FastAPI, Request

from app.config import Settings
# {% if concurrency == "sync" %}
from app.database.session import turn
# {% endif %}

SERVICE = "{{ project_name }}"
SMTP_TIMEOUT_SECONDS = 10
# Emails that are sent at once; the others wait.
MAX_CONCURRENT_MAILS = 10

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mail:
    """An email. Its text can contain a token, so it is never logged."""

    recipient: str
    subject: str
    text: str


def verification(url: str, email: str, username: str, token: str) -> Mail:
    """Email after a registration."""
    return Mail(
        email,
        f"{SERVICE}: confirm your email address",
        f"Confirm your email address for the username {username}: send this token to\n"
        f"{url}/auth/verify within 24 hours.\n\n"
        f"{token}\n\n"
        "If you did not sign up, ignore this email.\n",
    )


def email_taken(url: str, email: str) -> Mail:
    """Email after a registration with an email address that has an account."""
    return Mail(
        email,
        f"{SERVICE}: you already have an account",
        "This email address already has an account. Nothing was changed. If you forgot the\n"
        "password, or have not confirmed the address yet, reset the password:\n"
        f"{url}/auth/password/forgot\n\n"
        "If you did not sign up, ignore this email.\n",
    )


def username_taken(url: str, email: str, username: str) -> Mail:
    """Email after a registration with a username that another user has."""
    return Mail(
        email,
        f"{SERVICE}: choose another username",
        f"The username {username} is taken, so no account was created. Register again with\n"
        f"another username: {url}/auth/register\n",
    )


def password_reset(url: str, email: str, username: str, token: str) -> Mail:
    """Email that allows to reset a password."""
    return Mail(
        email,
        f"{SERVICE}: reset your password",
        f"Reset the password for the username {username}: send a new password with this token\n"
        f"to {url}/auth/password/reset within one hour.\n\n"
        f"{token}\n\n"
        "If you did not ask for this, ignore this email. Your password stays unchanged.\n",
    )


def password_changed(url: str, email: str) -> Mail:
    """Notification after a password change or reset."""
    return Mail(
        email,
        f"{SERVICE}: your password was changed",
        "Your password was changed. If you did not change it, reset it now:\n"
        f"{url}/auth/password/forgot\n",
    )


class Mailer(Protocol):
    """Sends emails."""

    def send(self, mail: Mail) -> None:
        """Send an email. Blocks; raises OSError on failure."""


class ConsoleMailer:
    """Prints emails, tokens included, instead of sending them. For development."""

    def send(self, mail: Mail) -> None:
        """Print an email."""
        sys.stdout.write(f"To: {mail.recipient}\nSubject: {mail.subject}\n\n{mail.text}\n")


class SMTPMailer:
    """Sends emails through an SMTP server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, mail: Mail) -> None:
        """Send an email. Raises OSError, the base of smtplib's errors."""
        message = self._message(mail)
        with self._connect() as server:
            self._authenticate(server)
            server.send_message(message)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.settings.mail_from
        message["To"] = mail.recipient
        message["Subject"] = mail.subject
        # Receivers distrust a message without a date (RFC 5322) or an id.
        message["Date"] = localtime()
        domain = parseaddr(self.settings.mail_from)[1].rpartition("@")[2]
        message["Message-ID"] = make_msgid(domain=domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message

    def _connect(self) -> SMTP:
        host, port = self.settings.smtp_host, self.settings.smtp_port
        if self.settings.smtp_security == "tls":
            context = create_default_context()
            return SMTP_SSL(host, port, timeout=SMTP_TIMEOUT_SECONDS, context=context)
        return SMTP(host, port, timeout=SMTP_TIMEOUT_SECONDS)

    def _authenticate(self, server: SMTP) -> None:
        # A server without encryption is an error, never a reason to send in clear.
        if self.settings.smtp_security == "starttls":
            server.starttls(context=create_default_context())
        password = self.settings.smtp_password
        if self.settings.smtp_username is not None and password is not None:
            server.login(self.settings.smtp_username, password.get_secret_value())


def build_mailer(settings: Settings) -> Mailer:
    """Sender of the settings."""
    return SMTPMailer(settings) if settings.mail_sender == "smtp" else ConsoleMailer()


# {% call written_async(concurrency) %}
class MailBuilder(Protocol):
    """Method of a service that returns the email for an address, if there is one to send."""

    async def __call__(self, email: str, /) -> Mail | None:
        """Return the email."""
# {% endcall %}


class BackgroundMailer:
    """Sends emails after the response, which does not wait for them."""

    def __init__(self, request: Request, background: BackgroundTasks) -> None:
        self.request = request
        self.background = background

    def send(self, mail: Mail) -> None:
        """Send an email."""
        self.background.add_task(send_email, self.request.app, mail)

    def send_built(self, build: MailBuilder, email: str) -> None:
        """Build an email after the response, and send it if there is one."""
        self.background.add_task(_build_and_send, self.request, build, email)


MailerDep = Annotated[BackgroundMailer, Depends()]


# Async, so that waiting takes no thread from requests.
async def send_email(app: FastAPI, mail: Mail) -> None:
    """Send an email. Logs a failure, without the text; the user can request another email."""
    try:
        await to_thread.run_sync(app.state.mailer.send, mail, limiter=app.state.mail_threads)
    except OSError as error:
        logger.warning("mail %r was not sent: %s", mail.subject, type(error).__name__)


async def _build_and_send(request: Request, build: MailBuilder, email: str) -> None:
    # {% if concurrency == "async" %}
    mail = await build(email)
    # {% else %}
    async with turn(request.app.state.session_slots, request.app.state.settings):
        mail = await to_thread.run_sync(build, email)
    # {% endif %}
    if mail is not None:
        await send_email(request.app, mail)
