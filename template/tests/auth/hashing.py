"""Count what is hashed and compared, by the service's own hasher."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from argon2 import PasswordHasher


@dataclass
class Counting:
    """A hasher that counts what it does, and may look around each time."""

    hasher: PasswordHasher
    look: Callable[[], Any] = int
    seen: list[Any] = field(default_factory=list[Any])

    def hash(self, password: str) -> str:
        """Hash as the real one does."""
        self.seen.append(self.look())
        return self.hasher.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        """Compare as the real one does."""
        self.seen.append(self.look())
        return self.hasher.verify(password_hash, password)

    def check_needs_rehash(self, password_hash: str) -> bool:
        """Tell what the real one tells."""
        return self.hasher.check_needs_rehash(password_hash)
