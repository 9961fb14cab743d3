# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Transfers over HTTP."""

from fastapi import APIRouter, Response, status

from app.idempotency import IdempotencyDep
from app.models import Transfer
from app.schemas import Id
from app.shop.transfers.dependencies import Transfers
from app.shop.transfers.schemas import TransferCreate, TransferRead

router = APIRouter(prefix="/transfers", tags=["transfers"])


@router.post("", response_model=TransferRead, status_code=status.HTTP_201_CREATED)
async def create_transfer(data: TransferCreate, service: Transfers, once: IdempotencyDep) -> Response:
    """Move store credit from one user to another. Send an Idempotency-Key to repeat it safely."""
    known = await once.claim(data)
    if known is not None:
        return known
    transfer = await service.create(data)
    return once.answer(TransferRead.model_validate(transfer), f"/transfers/{transfer.id}")


@router.get("/{transfer_id}", response_model=TransferRead)
async def read_transfer(transfer_id: Id, service: Transfers) -> Transfer:
    """Return one transfer."""
    return await service.get(transfer_id)
# {% endcall %}
