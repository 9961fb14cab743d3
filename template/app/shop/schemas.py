"""Types of fields that several features of the shop share: money and slugs."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, StringConstraints, WithJsonSchema


def _two_decimals(amount: Decimal) -> str:
    # A sum with zero turns minus zero into zero.
    return f"{amount + 0:.2f}"


# Input of money in the OpenAPI document: a number or, exact in any language, a string.
AMOUNT: dict[str, Any] = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 9_999_999_999.99, "multipleOf": 0.01},
        {"type": "string", "pattern": r"^[0-9]{1,10}(\.[0-9]{1,2})?$"},
    ],
}
PRICE: dict[str, Any] = {
    "anyOf": [
        {"type": "number", "minimum": 0.01, "maximum": 9_999_999_999.99, "multipleOf": 0.01},
        {"type": "string", "pattern": r"^(?!0+(\.0+)?$)[0-9]{1,10}(\.[0-9]{1,2})?$"},
    ],
}

Money = Annotated[
    Decimal,
    Field(ge=0, max_digits=12, decimal_places=2),
    PlainSerializer(_two_decimals, when_used="json"),
    WithJsonSchema(AMOUNT, mode="validation"),
]
Price = Annotated[Money, Field(gt=0), WithJsonSchema(PRICE, mode="validation")]
# A sum of amounts can exceed the range of one amount.
Total = Annotated[Decimal, PlainSerializer(_two_decimals, when_used="json")]
Slug = Annotated[str, StringConstraints(max_length=200, pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
