"""What made-up requests leave alone: the user who sends them, and blanks around a text."""

from typing import Any

import schemathesis

from tests.support.running import STAFF_ID


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Let a request that would change its own user name another one instead."""
    for part in ("path_parameters", "query", "body"):
        setattr(case, part, spared(getattr(case, part)))


@schemathesis.hook
def filter_body(_context: Any, body: Any) -> bool:
    """Send no blanks around a text: they are not counted, which no description can tell."""
    return not is_padded(body)


def is_padded(value: Any) -> bool:
    """Say whether there are blanks around a text, or around one within a value."""
    if isinstance(value, dict):
        return any(is_padded(one) for one in value.values())
    if isinstance(value, list):
        return any(is_padded(one) for one in value)
    return isinstance(value, str) and value != value.strip()


def spared(value: Any) -> Any:
    """Return a value in which another number stands for the user."""
    if isinstance(value, dict):
        return {key: spared(one) for key, one in value.items()}
    if isinstance(value, list):
        return [spared(one) for one in value]
    return STAFF_ID - 1 if str(value) == str(STAFF_ID) else value
