"""Mail: what is sent, and by what. Whatever has `send` can take the place of these senders."""

import sys
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import localtime, make_msgid, parseaddr
from smtplib import SMTP, SMTP_SSL
from ssl import create_default_context
from typing import Protocol

from app.config import Settings

TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Mail:
    """A message to one person. Its text may hold a token, so it is never logged."""

    recipient: str
    subject: str
    text: str


class Mailer(Protocol):
    """Something that sends mail."""

    def send(self, mail: Mail) -> None:
        """Send a mail. It may take its time; raises OSError where it fails."""


class ConsoleMailer:
    """Print mail instead of sending it. For development: tokens are shown to whoever looks."""

    def send(self, mail: Mail) -> None:
        """Print a mail."""
        sys.stdout.write(f"To: {mail.recipient}\nSubject: {mail.subject}\n\n{mail.text}\n")


class SMTPMailer:
    """Send mail through a server that speaks SMTP."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, mail: Mail) -> None:
        """Send a mail. Raises OSError, of which smtplib's errors are kinds."""
        message = self._message(mail)
        with self._connect() as server:
            self._sign_in(server)
            server.send_message(message)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.settings.mail_from
        message["To"] = mail.recipient
        message["Subject"] = mail.subject
        # RFC 5322 asks for a date; receivers distrust mail that has none, or no name of its own.
        message["Date"] = localtime()
        message["Message-ID"] = make_msgid(domain=self._domain())
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message

    def _domain(self) -> str:
        _name, address = parseaddr(self.settings.mail_from)
        return address.rpartition("@")[2]

    def _connect(self) -> SMTP:
        host, port = self.settings.smtp_host, self.settings.smtp_port
        if self.settings.smtp_security == "tls":
            context = create_default_context()
            return SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        return SMTP(host, port, timeout=TIMEOUT_SECONDS)

    def _sign_in(self, server: SMTP) -> None:
        # A server that does not offer encryption is an error, never a reason to go without.
        if self.settings.smtp_security == "starttls":
            server.starttls(context=create_default_context())
        password = self.settings.smtp_password
        if self.settings.smtp_username is not None and password is not None:
            server.login(self.settings.smtp_username, password.get_secret_value())


def build_mailer(settings: Settings) -> Mailer:
    """Return the sender that the settings ask for."""
    return SMTPMailer(settings) if settings.mail_sender == "smtp" else ConsoleMailer()
