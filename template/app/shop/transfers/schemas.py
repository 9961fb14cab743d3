"""Requests and responses about transfers."""

from typing import Annotated

from pydantic import BaseModel, Field

from app.schemas import ReadModel, Reference, RequestBody
from app.shop.schemas import Money

Amount = Annotated[Money, Field(gt=0)]


class TransferBase(BaseModel):
    """Fields of a transfer in requests and responses."""

    from_user_id: Reference
    to_user_id: Reference
    amount: Amount


class TransferCreate(TransferBase, RequestBody):
    """New transfer."""


class TransferRead(TransferBase, ReadModel):
    """Transfer of store credit."""
