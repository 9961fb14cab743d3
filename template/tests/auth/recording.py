"""All that a service writes while a test lets it: lines of output, and records of the log."""

import logging
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO

# All that the service can be made to write, short of the values that it stores.
TALKATIVE = {"log_level": "DEBUG", "database_echo": True, "database_echo_pool": True}
# They get handlers or levels of their own.
CHANGED = ("", "app", "app.database.diagnostics", "sqlalchemy.engine.Engine")
# The tests' own client, which runs beside the service.
CLIENT = ("httpx2", "httpcore2")


@dataclass
class Recording:
    """What was written."""

    output: StringIO = field(default_factory=StringIO)
    records: list[logging.LogRecord] = field(default_factory=list[logging.LogRecord])

    @property
    def text(self) -> str:
        """All of it, with whatever is attached to a record."""
        records = [one for one in self.records if not one.name.startswith(CLIENT)]
        told = [f"{one.getMessage()} {one.exc_text} {vars(one)}" for one in records]
        return "\n".join([self.output.getvalue(), *told])


class Recorder(logging.Handler):
    """Keeps all records."""

    def __init__(self, recording: Recording) -> None:
        super().__init__()
        self.recording = recording

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.recording.records.append(record)


@contextmanager
def recorded() -> Generator[Recording]:
    """Record until the block ends; then the log of the tests is what it was before."""
    recording = Recording()
    loggers = [logging.getLogger(name) for name in CHANGED]
    before = [(logger, logger.handlers, logger.level) for logger in loggers]
    for logger in loggers:
        logger.handlers = [*logger.handlers]
    loggers[0].addHandler(Recorder(recording))
    loggers[0].setLevel(logging.DEBUG)
    try:
        with redirect_stdout(recording.output), redirect_stderr(recording.output):
            yield recording
    finally:
        for logger, handlers, level in before:
            logger.handlers = handlers
            logger.setLevel(level)
