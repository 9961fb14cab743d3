# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What tests of accounts need: nobody's client, a mailbox, and a count of hashes."""

# {% if concurrency == "async" %}
from collections.abc import AsyncGenerator, Generator
# {% else %}
from collections.abc import Generator
# {% endif %}

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from tests.auth.hashing import Counting
from tests.auth.letters import Letters
from tests.auth.people import anonymous
from tests.auth.swapping import swapped


@pytest.fixture
async def nobody(app: FastAPI) -> AsyncGenerator[AsyncClient]:
    """A client that nobody is signed in by."""
    async with anonymous(app) as client:
        yield client


@pytest.fixture
def letters(app: FastAPI) -> Generator[Letters]:
    """The mail that the service sends."""
    letters = Letters()
    with swapped(app, mailer=letters):
        yield letters


@pytest.fixture
def hashes(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """What the service hashes and compares."""
    counting = Counting(app.state.passwords.hasher)
    monkeypatch.setattr(app.state.passwords, "hasher", counting)
    return counting
# {% endcall %}
