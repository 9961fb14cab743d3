"""What happened to accounts, in the log: who, what, and nothing secret."""

import logging
from enum import StrEnum

logger = logging.getLogger(__name__)
# Whatever LOG_LEVEL says: who got in is asked afterwards.
logger.setLevel(logging.INFO)


class SecurityEvent(StrEnum):
    """Something that whoever looks after the service may want to know."""

    REGISTERED = "registered"
    VERIFIED = "e-mail verified"
    SIGNED_IN = "signed in"
    SIGN_IN_REFUSED = "sign-in refused"
    SIGNED_OUT = "signed out"
    THEFT_NOTICED = "refresh token used twice, sign-in ended"
    CHANGED = "password changed"
    PROOF_REFUSED = "password refused"
    RESET_ASKED = "password reset asked for"
    RESET = "password reset"
    ONE_TIME_REFUSED = "one-time token refused"
    API_KEY_CREATED = "API key created"
    API_KEY_ENDED = "API key ended"
    API_KEY_REFUSED = "API key refused"
    ACCESS_REFUSED = "access refused"
    REVOKED = "all sign-ins and API keys ended"
    DEACTIVATED = "deactivated"
    ROLE_CHANGED = "role changed"
    LIMITED = "too many attempts"


def log_security_event(event: SecurityEvent, who: str) -> None:
    """Write a line. `who` is `user 7`, or an address that nobody is known by."""
    logger.info("%s: %s", event, who)
