"""Clients for tests: they call the application directly, without a network."""

# {% if concurrency == "async" %}
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
# {% else %}
from collections.abc import Mapping
from contextlib import closing

from fastapi import FastAPI
from fastapi.testclient import TestClient
# {% endif %}

# Cookies that are "Secure" are sent over https only.
BASE_URL = "https://testserver"


# {% if concurrency == "async" %}
def open_client(
    app: FastAPI,
    headers: Mapping[str, str] | None = None,
) -> AbstractAsyncContextManager[AsyncClient]:
    """Return a client that gets a response to an unexpected error too, as over the network."""
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url=BASE_URL, headers=headers)
# {% else %}
def open_client(app: FastAPI, headers: Mapping[str, str] | None = None) -> closing[TestClient]:
    """Return a client that gets a response to an unexpected error too, as over the network."""
    client = TestClient(app, BASE_URL, raise_server_exceptions=False)
    client.headers.update(headers or {})
    return closing(client)
# {% endif %}
