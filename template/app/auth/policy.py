"""What a new password must be: long, and nothing that others would try first.

No rule asks for digits or symbols, and no password expires: both make people choose worse ones.
All characters are taken, and all of them count: nothing is cut off before it is hashed.
OWASP ASVS 5.0, 6.2.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from app.auth.errors import InvalidField
from app.config import Settings

MIN_PASSWORD_LENGTH = 15
# Enough where something else asks for a second proof before it lets anybody through.
MIN_PASSWORD_LENGTH_BEHIND_SECOND_FACTOR = 8
# More than anybody types, and little enough to hash.
MAX_PASSWORD_LENGTH = 256
# What people call this service.
SERVICE = "{{ project_name }}"
COMMON_PASSWORDS = Path(__file__).with_name("common_passwords.txt")

COMMON = "This is a password that many people have. Take a few words that do not belong together."
ABOUT = "This is little more than {word}. Take a few words that have nothing to do with you."


def normalised(password: str) -> str:
    """Return a password in the one form that is hashed and compared.

    Keyboards send the same letter in different ways: an accent of its own, or one with the letter.
    """
    return unicodedata.normalize("NFKC", password)


def check_password(
    settings: Settings,
    password: str,
    about: Iterable[str],
    field: str = "password",
) -> None:
    """Refuse a password that is too short, common, or made of what is known about its user.

    `about` is that: the user's names. Raises InvalidField, which says what to do instead.
    """
    text = normalised(password).strip()
    minimum = (
        MIN_PASSWORD_LENGTH_BEHIND_SECOND_FACTOR
        if settings.second_factor_in_front
        else MIN_PASSWORD_LENGTH
    )
    # Some characters are many in the form that is hashed, but no harder to guess.
    if min(len(text), len(password.strip())) < minimum:
        raise InvalidField(
            field,
            f"Shorter than {minimum} characters. Take a few words; blanks between them count.",
        )
    if text.lower() in common_passwords():
        raise InvalidField(field, COMMON)
    word = padded_word(text, [SERVICE, *about])
    if word is not None:
        raise InvalidField(field, ABOUT.format(word=word))


@cache
def common_passwords() -> frozenset[str]:
    """Return what many people take for a password, in lower case."""
    lines = COMMON_PASSWORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("# "))


def padded_word(password: str, words: Iterable[str]) -> str | None:
    """Return the word that a password is made of, with no other letter in it; None without one.

    Of an e-mail address the part before the @ counts. Case, digits and symbols do not matter, nor
    how often the word is there.
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
