"""Mail that is kept instead of sent, so that a test can read what a user would."""

import re
from dataclasses import dataclass, field

from app.auth.mail import Mail

# A token stands alone on its line.
TOKEN = re.compile(r"^[\w-]{43}$", re.MULTILINE)


@dataclass
class Letters:
    """A sender that sends nothing."""

    sent: list[Mail] = field(default_factory=list[Mail])

    def send(self, mail: Mail) -> None:
        """Keep a mail."""
        self.sent.append(mail)

    def subjects(self, recipient: str) -> list[str]:
        """Return what the mails to somebody are about."""
        mails = [mail for mail in self.sent if mail.recipient == recipient]
        return [mail.subject.partition(": ")[2] for mail in mails]

    def token(self, recipient: str) -> str:
        """Return the token in the last mail to somebody."""
        texts = [mail.text for mail in self.sent if mail.recipient == recipient]
        found: list[str] = TOKEN.findall(texts[-1])
        return found[0]
