"""Passwords are hashed by Argon2id, a few at a time, and never within a transaction."""

from threading import BoundedSemaphore

from anyio import Semaphore
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.auth.policy import normalised
from app.config import Settings
from app.database.pool import pool_limits

# What is compared where nobody is known by that name: it takes as long, and never matches.
NOBODY = "nobody has this password"


class Passwords:
    """Hashes, and compares with hashes. Each takes memory and time, so only a few run at once."""

    def __init__(self, settings: Settings) -> None:
        self.hasher = PasswordHasher(
            time_cost=settings.password_rounds,
            memory_cost=settings.password_memory,
        )
        self.turns = BoundedSemaphore(settings.password_threads)
        # Who may come for a hash at the same time: half as many as there are sessions.
        self.visitors = Semaphore(max(1, sum(pool_limits(settings)) // 2))
        self.nobody = self.hasher.hash(NOBODY)

    def hash(self, password: str) -> str:
        """Return the hash to store. It says by which parameters it was made."""
        with self.turns:
            return self._hash(password)

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether a password is the one; without a hash it is not, after the same time."""
        with self.turns:
            matches = self._matches(password_hash or self.nobody, password)
        return matches and bool(password_hash)

    def needs_rehash(self, password_hash: str) -> bool:
        """Tell whether a hash was made by other parameters than those of today."""
        return self.hasher.check_needs_rehash(password_hash)

    def _hash(self, password: str) -> str:
        return self.hasher.hash(normalised(password))

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self.hasher.verify(password_hash, normalised(password))
        except (VerificationError, InvalidHashError):
            return False
