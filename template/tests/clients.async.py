"""A client for tests: straight into the application, without a network."""

from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
# {% if auth != "none" %}

from tests.staff import HEADERS
# {% endif %}


def open_client(app: FastAPI) -> AbstractAsyncContextManager[AsyncClient]:
    """Return a client that gets a response in any case, as over the network."""
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    # {% if auth == "none" %}
    return AsyncClient(transport=transport, base_url="http://testserver")
    # {% else %}
    return AsyncClient(transport=transport, base_url="http://testserver", headers=HEADERS)
    # {% endif %}
