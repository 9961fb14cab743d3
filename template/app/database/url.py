"""The URL of the database: this service's own drivers, whatever the URL says."""

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import NoDecode
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVER = "{{ dialect.drivers[concurrency] }}"
MIGRATION_DRIVER = "{{ dialect.drivers.migrations }}"
SCHEMES = frozenset({{ dialect.schemes | to_json }})
# The database of a fresh checkout. Production refuses it.
DEFAULT_DATABASE_URL = "{{ dialect.url }}"


def _database_url(value: str | URL) -> URL:
    """Accept the URL with or without a driver and set this service's own, keeping all the rest."""
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError("not a URL; write it like " + DEFAULT_DATABASE_URL) from None
    if url.get_backend_name() not in SCHEMES:
        raise ValueError(
            f"this service runs on {{ dialect.label }}, not on {url.get_backend_name()}; "
            f"write it like {DEFAULT_DATABASE_URL}"
        )
    # {% if not dialect.server %}
    if not url.database or url.database == ":memory:":
        raise ValueError("a database in memory is lost; name a file, as in " + DEFAULT_DATABASE_URL)
    # {% endif %}
    return url.set(drivername=DRIVER)


DatabaseURL = Annotated[URL, NoDecode, BeforeValidator(_database_url)]
