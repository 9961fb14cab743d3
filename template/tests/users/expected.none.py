"""What users have, in one place: a column or a relation of your own goes here too."""

from typing import Any

# What a user has who is made of no more than both names.
DEFAULTS: dict[str, Any] = {"full_name": None, "bio": None, "is_active": True}
# What one user alone comes with. Each costs a statement.
DETAIL: dict[str, Any] = {}
# How many statements more each change is.
AUDIT = 0
