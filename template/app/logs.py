"""Logging: format, destination and the id of the request."""

import logging
import time
from contextvars import ContextVar

from app.config import Settings

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="-")
LINE = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"


class UTCFormatter(logging.Formatter):
    """Timestamps in UTC by ISO 8601, so that lines of several hosts can be sorted."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"


class RequestIdFilter(logging.Filter):
    """Add the id of the request to each line."""

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
