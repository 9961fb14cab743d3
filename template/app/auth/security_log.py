"""Security events in the log: which event, which user, never a secret.

Names follow the OWASP Logging Vocabulary where it has one.
https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html
"""

import logging
from typing import Literal

# The subject of an event where no user is known, such as an invalid token.
UNKNOWN = "unknown"

logger = logging.getLogger(__name__)
# Not subject to LOG_LEVEL: an investigation needs these lines.
logger.setLevel(logging.INFO)

SecurityEvent = Literal[
    "user_created",
    "user_deactivated",
    "user_email_verified",
    "authn_email_token_fail",
    "authn_login_success",
    "authn_login_fail",
    "session_revoked",
    "authn_password_fail",
    "authn_password_change",
    "authn_password_reset_request",
    "authn_password_reset",
    "authn_token_reuse",
    "authn_token_created",
    "authn_token_revoked",
    "authn_api_key_fail",
    "authn_credentials_revoked",
    "authz_fail",
    "authz_change",
    "excess_rate_limit_exceeded",
]


def log_security_event(event: SecurityEvent, subject: str) -> None:
    """Log an event. `subject` is `user 7`, or an email address without a user."""
    logger.info("%s: %s", event, subject)
