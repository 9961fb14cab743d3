"""Random tokens that prove something, and the form in which they are stored."""

import secrets
from hashlib import sha256

# 256 bits: nobody guesses one, however long they try.
TOKEN_BYTES = 32


def new_token() -> str:
    """Return a token that nobody can guess, in letters that fit into a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Return what is stored of a token, so that who reads the database cannot use it.

    A fast hash is right here: a random token cannot be guessed, other than a password.
    """
    return sha256(token.encode()).hexdigest()
