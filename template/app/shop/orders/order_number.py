"""The number by which a customer names an order."""

import secrets
from datetime import datetime

# Base 32 has no 0 and no 1, which people take for letters.
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
RANDOM_LENGTH = 10


def new_order_number(moment: datetime) -> str:
    """Return a number like ORD-20261121-K7QX2MZD4A.

    It tells the day and not how much the shop sells. Of 32^10 numbers a day, two are never the
    same in practice; if they were, the second order would be refused.
    """
    random = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return f"ORD-{moment:%Y%m%d}-{random}"
