"""Errors that only authentication raises."""

from app.errors import Invalid


class InvalidField(Invalid):
    """A field of the request body breaks a rule that its schema cannot express."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field
