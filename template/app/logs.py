"""Where log lines go, and the id of the request they belong to."""

import logging
import time
from contextvars import ContextVar

from app.config import Settings

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="-")
LINE = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"


class UTCFormatter(logging.Formatter):
    """Tell the moment in UTC, as of ISO 8601: lines of several machines can be put in order."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"


class RequestIdFilter(logging.Filter):
    """Give each line the id of the request it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every line."""
        record.request_id = REQUEST_ID.get()
        return True


def configure_logging(settings: Settings) -> None:
    """Write the lines of `app` to standard error. Calling it again is safe."""
    handler = logging.StreamHandler()
    handler.setFormatter(UTCFormatter(LINE))
    handler.addFilter(RequestIdFilter())
    logger = logging.getLogger("app")
    logger.handlers = [handler]
    logger.setLevel(settings.log_level)
