"""What users of the shop have beyond what every service's users have."""

from typing import Any

# What a user has who is made of no more than both names.
DEFAULTS: dict[str, Any] = {
    "full_name": None,
    "bio": None,
    "store_credit": "0.00",
    "is_active": True,
}
# What one user alone comes with. Each costs a statement.
DETAIL: dict[str, Any] = {"addresses": []}
# Each change is one more statement, for the audit.
AUDIT = 1
