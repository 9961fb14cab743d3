"""Domain errors. Raise them anywhere; error_handlers.py turns them into responses."""

from collections.abc import Mapping

# Seconds that a client should wait before it retries at a busy service.
RETRY_SECONDS = 2


class DomainError(Exception):
    """Refused request, for a reason that the client can act on."""

    status_code = 400

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers


class NotFound(DomainError):
    """The resource does not exist."""

    status_code = 404


class Conflict(DomainError):
    """The request is valid, but conflicts with the stored data."""

    status_code = 409


class PreconditionFailed(DomainError):
    """If-Match names an outdated version."""

    status_code = 412


class Invalid(DomainError):
    """The request is well-formed, but violates a rule about the stored data."""

    status_code = 422


class ServiceBusy(DomainError):
    """No connection became free in time. The client can retry."""

    status_code = 503

    def __init__(self, detail: str = "The service is busy, please try again.") -> None:
        super().__init__(detail, headers={"Retry-After": f"{RETRY_SECONDS}"})
# {% if auth != "none" %}


class Unauthorized(DomainError):
    """The request has no credentials, or invalid ones."""

    status_code = 401

    def __init__(self, detail: str = "Not authenticated.") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "{{ 'Bearer' if auth == 'jwt' else 'Cookie' }}"})


class Forbidden(DomainError):
    """The client is authenticated, but not allowed to do this."""

    status_code = 403


class TooManyRequests(DomainError):
    """Too many attempts in a short time."""

    status_code = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"Too many attempts. Try again in {seconds} seconds.",
            headers={"Retry-After": f"{seconds}"},
        )
# {% endif %}
