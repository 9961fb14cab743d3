"""Password policy and Argon2id hashing.

The policy is length and a list of common passwords: rules about digits, symbols or expiry make
users choose weaker ones. All characters are allowed and all count: nothing is cut off before
hashing. OWASP ASVS 5.0, 6.2.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
# {% if concurrency == "async" %}

from anyio import CapacityLimiter, to_thread
# {% else %}
from threading import BoundedSemaphore

# {% endif %}
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.auth.errors import InvalidField
from app.config import Settings

MIN_PASSWORD_LENGTH = 15
# Enough where a gateway requires a second factor.
MIN_PASSWORD_LENGTH_BEHIND_SECOND_FACTOR = 8
# Longer than any typed password, and short enough to hash.
MAX_PASSWORD_LENGTH = 256
# A password must not be made of this service's name.
SERVICE = "{{ project_name }}"
COMMON_PASSWORDS = Path(__file__).with_name("common_passwords.txt")

TOO_COMMON = "This password is too common. Use a few unrelated words."
TOO_SIMILAR = "Too similar to {word}. Use a few words that have nothing to do with you."

# Verified where no user has the email: takes as long as a real hash, and never matches.
DUMMY = "dummy password"


class Passwords:
    """Hashes and verifies passwords, a few at a time: each takes memory and CPU."""

    def __init__(self, settings: Settings) -> None:
        self.hasher = PasswordHasher(
            time_cost=settings.password_rounds,
            memory_cost=settings.password_memory,
        )
        self.dummy_hash = self.hasher.hash(DUMMY)
        # {% if concurrency == "async" %}
        self.limiter = CapacityLimiter(settings.password_threads)

    async def hash_password(self, password: str) -> str:
        """Argon2id hash of a password, parameters included."""
        return await to_thread.run_sync(self.hash_blocking, password, limiter=self.limiter)

    async def verify_password(self, password: str, password_hash: str | None) -> bool:
        """Whether a password matches a hash. Takes the same time without a hash."""
        compared = password_hash or self.dummy_hash
        matches = await to_thread.run_sync(self._matches, compared, password, limiter=self.limiter)
        return matches and bool(password_hash)

    # {% else %}
        self.limiter = BoundedSemaphore(settings.password_threads)

    def hash_password(self, password: str) -> str:
        """Argon2id hash of a password, parameters included."""
        with self.limiter:
            return self.hash_blocking(password)

    def verify_password(self, password: str, password_hash: str | None) -> bool:
        """Whether a password matches a hash. Takes the same time without a hash."""
        with self.limiter:
            matches = self._matches(password_hash or self.dummy_hash, password)
        return matches and bool(password_hash)

    # {% endif %}
    def needs_rehash(self, password_hash: str) -> bool:
        """Whether a hash has other parameters than the settings."""
        return self.hasher.check_needs_rehash(password_hash)

    def hash_blocking(self, password: str) -> str:
        """Argon2id hash, without a limit on how many run at once. For commands."""
        return self.hasher.hash(normalize_password(password))

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self.hasher.verify(password_hash, normalize_password(password))
        except (VerificationError, InvalidHashError):
            return False


def normalize_password(password: str) -> str:
    """Unicode form that is hashed and verified.

    Keyboards differ: the same accented letter arrives as one character or as two.
    """
    return unicodedata.normalize("NFKC", password)


def validate_password(
    settings: Settings,
    password: str,
    user_words: Iterable[str],
    field: str = "password",
) -> None:
    """Refuse a password that is short, common, or made of the user's name or email.

    Raises InvalidField, with advice.
    """
    text = normalize_password(password).strip()
    second_factor = settings.second_factor_in_front
    minimum = MIN_PASSWORD_LENGTH_BEHIND_SECOND_FACTOR if second_factor else MIN_PASSWORD_LENGTH
    # Normalizing can turn one character into several, which are no harder to guess.
    if min(len(text), len(password.strip())) < minimum:
        raise InvalidField(field, f"Use at least {minimum} characters: a few words with spaces.")
    if text.lower() in common_passwords():
        raise InvalidField(field, TOO_COMMON)
    word = similar_word(text, [SERVICE, *user_words])
    if word is not None:
        raise InvalidField(field, TOO_SIMILAR.format(word=word))


@cache
def common_passwords() -> frozenset[str]:
    """Common passwords, in lower case."""
    lines = COMMON_PASSWORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("# "))


def similar_word(password: str, words: Iterable[str]) -> str | None:
    """The word of which a password consists, once or repeated, digits and symbols aside.

    Of an email address the part before the @ counts. Case does not matter.
    """
    letters = _letters_and_digits(password)
    for word in words:
        name = word.partition("@")[0]
        rest = letters.replace(_letters_and_digits(name) or letters, "")
        if rest != letters and not any(character.isalpha() for character in rest):
            return name
    return None


def _letters_and_digits(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
