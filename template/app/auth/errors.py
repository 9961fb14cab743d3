"""What may go wrong with accounts only."""

from app.errors import Invalid


class InvalidField(Invalid):
    """One field of a body is against a rule that its description cannot tell."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field
