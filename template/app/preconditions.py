"""Conditional requests: a client names the version that it changes.

https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
"""

from typing import Annotated

from fastapi import Header

from app.errors import PreconditionFailed

IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=200)]


def etag(version: int) -> str:
    """Entity tag of a version."""
    return f'"{version}"'


def require_version(version: int, if_match: str | None) -> None:
    """Raise PreconditionFailed unless the header names this version, says `*` or is absent."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag(version) not in {tag.strip() for tag in if_match.split(",")}:
        raise PreconditionFailed(f"It has changed since: the current version is {etag(version)}.")
