"""What transfers take and give over HTTP."""

from typing import Annotated

from pydantic import BaseModel, Field

from app.schemas import Money, ReadModel, Reference, RequestBody

Amount = Annotated[Money, Field(gt=0)]


class TransferBase(BaseModel):
    """What a transfer is, in requests and responses alike."""

    from_user_id: Reference
    to_user_id: Reference
    amount: Amount


class TransferCreate(TransferBase, RequestBody):
    """A new transfer."""


class TransferRead(TransferBase, ReadModel):
    """A stored transfer."""
