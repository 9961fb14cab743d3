"""What may go wrong. Raise these anywhere; problems.py tells the client."""

from collections.abc import Mapping

# How long a client should wait before it asks a busy service again.
RETRY_SECONDS = 2


class DomainError(Exception):
    """A request that cannot be done, for a reason the client can act on. Raise it anywhere."""

    status_code = 400

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers


class NotFound(DomainError):
    """The thing that was asked for does not exist."""

    status_code = 404


class Conflict(DomainError):
    """The request is sound, but what is stored already stands against it."""

    status_code = 409


class PreconditionFailed(DomainError):
    """If-Match names a version that is no longer the current one."""

    status_code = 412


class Invalid(DomainError):
    """Well-formed, but against a rule that only the data can tell."""

    status_code = 422


class ServiceBusy(DomainError):
    """No connection came free in time. The client may try again."""

    status_code = 503

    def __init__(self, detail: str = "The service is busy, please try again.") -> None:
        super().__init__(detail, headers={"Retry-After": f"{RETRY_SECONDS}"})
# {% if auth != "none" %}


class Unauthorized(DomainError):
    """Nobody is signed in, or what should prove it does not."""

    status_code = 401

    def __init__(self, detail: str = "Sign in first.") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "{{ 'Bearer' if auth == 'jwt' else 'Cookie' }}"})


class Forbidden(DomainError):
    """Who is signed in may not do this."""

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
