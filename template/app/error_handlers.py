"""Handlers that answer every error with problem details (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.database.errors import Violation, constraint_violation
from app.errors import DomainError
from app.openapi import allowed_methods


class FieldError(BaseModel):
    """Invalid field."""

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
    """Problem as `application/problem+json`, in ASCII so that any text can be encoded."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        """Encode the problem."""
        return json.dumps(content).encode("ascii")


def problem(
    path: str,
    status_code: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] | None = None,
) -> ProblemResponse:
    """Response for a problem at a path."""
    body = Problem(
        title=HTTPStatus(status_code).phrase,
        status=status_code,
        detail=detail,
        instance=quote(path),
        errors=list(errors) if errors else None,
    )
    content = body.model_dump(exclude_none=True)
    return ProblemResponse(content, status_code=status_code, headers=headers)


def add_error_handlers(app: FastAPI) -> None:
    """Answer every expected error with a problem.

    The handlers are async: the answer that the service is busy must not need a thread.
    """
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(DBAPIError, _database_error)


async def _domain_error(request: Request, error: Exception) -> Response:
    error = cast("DomainError", error)
    return problem(request.scope["path"], error.status_code, error.detail, headers=error.headers)


async def _http_error(request: Request, error: Exception) -> Response:
    error = cast("HTTPException", error)
    if error.status_code == status.HTTP_405_METHOD_NOT_ALLOWED:
        methods = allowed_methods(request.app, request.scope["path"])
        if methods:
            return _method_not_allowed(request, methods)
    return problem(request.scope["path"], error.status_code, error.detail, headers=error.headers)


async def _validation_error(request: Request, error: Exception) -> Response:
    error = cast("RequestValidationError", error)
    methods = allowed_methods(request.app, request.scope["path"])
    if methods and request.method not in methods:
        return _method_not_allowed(request, methods)
    errors = [FieldError.model_validate(item) for item in error.errors()]
    where = ", ".join(".".join(str(part) for part in item.loc) for item in errors)
    status_code = status.HTTP_422_UNPROCESSABLE_CONTENT
    return problem(request.scope["path"], status_code, f"Not valid: {where}", errors=errors)


def _method_not_allowed(request: Request, methods: list[str]) -> Response:
    allowed = ", ".join(methods)
    path, status_code = request.scope["path"], status.HTTP_405_METHOD_NOT_ALLOWED
    return problem(path, status_code, f"This path knows {allowed}.", headers={"Allow": allowed})


async def _database_error(request: Request, error: Exception) -> Response:
    """Answer a constraint violation. Any other error is not the client's fault."""
    violation = constraint_violation(cast("DBAPIError", error))
    if violation is None:
        raise error
    return problem(request.scope["path"], *_explain(violation))


def _explain(violation: Violation) -> tuple[int, str]:
    """Status and detail for a violated constraint."""
    fields = " and ".join(violation.fields) or "a value"
    match violation.kind:
        case "unique":
            return status.HTTP_409_CONFLICT, f"Another one with the same {fields} exists already."
        case "foreign_key":
            return status.HTTP_409_CONFLICT, "It refers to, or is referred to by, something else."
        case "check" | "data":
            return status.HTTP_422_UNPROCESSABLE_CONTENT, f"Out of range or not allowed: {fields}."
