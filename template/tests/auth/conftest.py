"""Fixtures of the tests of auth: a mailbox, and a count of hashes."""

from collections.abc import Generator

import pytest
from fastapi import FastAPI

from tests.auth.doubles import CountingHasher, Mailbox, override_state


@pytest.fixture
def mailbox(app: FastAPI) -> Generator[Mailbox]:
    """The mail that the service sends."""
    mailbox = Mailbox()
    with override_state(app, mailer=mailbox):
        yield mailbox


@pytest.fixture
def hashes(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    """The passwords that the service hashes and compares."""
    hasher = CountingHasher(app.state.passwords.hasher)
    monkeypatch.setattr(app.state.passwords, "hasher", hasher)
    return hasher
