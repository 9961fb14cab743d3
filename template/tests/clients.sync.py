"""A client for tests: straight into the application, without a network."""

from contextlib import closing

from fastapi import FastAPI
from fastapi.testclient import TestClient
# {% if auth != "none" %}

from tests.staff import HEADERS
# {% endif %}


def open_client(app: FastAPI) -> closing[TestClient]:
    """Return a client that gets a response in any case, as over the network."""
    # {% if auth == "none" %}
    return closing(TestClient(app, raise_server_exceptions=False))
    # {% else %}
    return closing(TestClient(app, raise_server_exceptions=False, headers=HEADERS))
    # {% endif %}
