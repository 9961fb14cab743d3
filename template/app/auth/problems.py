"""How a client is told what went wrong with accounts, beside what app/problems.py tells."""

from typing import cast

from fastapi import FastAPI, Request
from starlette.responses import Response

from app.auth.errors import InvalidField
from app.problems import FieldError, problem


def add_account_errors(app: FastAPI) -> None:
    """Let the app answer for what only accounts raise."""
    app.add_exception_handler(InvalidField, _invalid_field)


async def _invalid_field(request: Request, error: Exception) -> Response:
    """Answer as for a field that is against its description, so that a form can show it there.

    Async in any service: it takes no thread.
    """
    error = cast("InvalidField", error)
    found = FieldError(loc=["body", error.field], msg=error.detail, type="value_error")
    detail = f"Not valid: body.{error.field}"
    return problem(request.scope["path"], error.status_code, detail, errors=[found])
