"""What may go wrong, and how a client is told: problem details as of RFC 9457, in one shape."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.database.violations import Violation, find_violation

# How long a client should wait before it asks a busy service again.
RETRY_SECONDS = 2


class DomainError(Exception):
    """A request that cannot be done, for a reason the client can act on. Raise it anywhere."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers


class NotFound(DomainError):
    """The thing that was asked for does not exist."""

    status_code = status.HTTP_404_NOT_FOUND


class Conflict(DomainError):
    """The request is sound, but what is stored already stands against it."""

    status_code = status.HTTP_409_CONFLICT


class PreconditionFailed(DomainError):
    """If-Match names a version that is no longer the current one."""

    status_code = status.HTTP_412_PRECONDITION_FAILED


class Invalid(DomainError):
    """Well-formed, but against a rule that only the data can tell."""

    status_code = status.HTTP_422_UNPROCESSABLE_CONTENT


class ServiceBusy(DomainError):
    """No connection came free in time. The client may try again."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE

    def __init__(self, detail: str = "The service is busy, please try again.") -> None:
        super().__init__(detail, headers={"Retry-After": f"{RETRY_SECONDS}"})


class FieldError(BaseModel):
    """One field that was refused."""

    loc: list[str | int]
    msg: str
    type: str


class Problem(BaseModel):
    """The body of every error."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | None = None


class ProblemResponse(Response):
    """A problem as `application/problem+json`, escaped so that any text can be told."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        """Turn the problem into bytes."""
        return json.dumps(content).encode("ascii")


def problem(
    path: str,
    status_code: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] | None = None,
) -> ProblemResponse:
    """Return the response for one problem at one path."""
    body = Problem(
        title=HTTPStatus(status_code).phrase,
        status=status_code,
        detail=detail,
        instance=path,
        errors=list(errors) if errors else None,
    )
    content = body.model_dump(exclude_none=True)
    return ProblemResponse(content, status_code=status_code, headers=headers)


def add_error_handlers(app: FastAPI) -> None:
    """Let the app answer every expected error with a problem."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(DBAPIError, _database_error)


def _domain_error(request: Request, error: Exception) -> Response:
    error = cast("DomainError", error)
    return problem(request.url.path, error.status_code, error.detail, headers=error.headers)


def _http_error(request: Request, error: Exception) -> Response:
    error = cast("HTTPException", error)
    return problem(request.url.path, error.status_code, error.detail, headers=error.headers)


def _validation_error(request: Request, error: Exception) -> Response:
    error = cast("RequestValidationError", error)
    errors = [FieldError.model_validate(item) for item in error.errors()]
    where = ", ".join(".".join(str(part) for part in item.loc) for item in errors)
    return problem(
        request.url.path,
        status.HTTP_422_UNPROCESSABLE_CONTENT,
        f"Not valid: {where}",
        errors=errors,
    )


def _database_error(request: Request, error: Exception) -> Response:
    """Answer for a constraint that refused the data. Anything else is not the client's fault."""
    violation = find_violation(cast("DBAPIError", error))
    if violation is None:
        raise error
    status_code, detail = _explain(violation)
    return problem(request.url.path, status_code, detail)


def _explain(violation: Violation) -> tuple[int, str]:
    """Return the status and the sentence for a violated constraint."""
    fields = " and ".join(violation.fields) or "a value"
    match violation.kind:
        case "unique":
            return status.HTTP_409_CONFLICT, f"Another one with the same {fields} exists already."
        case "foreign_key":
            return status.HTTP_409_CONFLICT, "It refers to, or is referred to by, something else."
        case "check" | "data":
            return status.HTTP_422_UNPROCESSABLE_CONTENT, f"Out of range or not allowed: {fields}."
