# {% from "extensions/route_guards.jinja" import route_guards %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call route_guards(auth) %}
"""Routes of transfers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response, status

from app.idempotency import IdempotencyDep
from app.models import Transfer
from app.schemas import Id
from app.shop.access import ShopUser, require_staff, shop_user
from app.shop.transfers.schemas import TransferCreate, TransferRead
from app.shop.transfers.service import TransferService

router = APIRouter(prefix="/transfers", tags=["transfers"])

Transfers = Annotated[TransferService, Depends()]


@router.get("/{transfer_id}", response_model=TransferRead, dependencies=[shop_user])
async def read_transfer(transfer_id: Id, service: Transfers) -> Transfer:
    """Show a transfer."""
    return await service.get(transfer_id)


@router.post("", response_model=TransferRead, status_code=status.HTTP_201_CREATED)
# {% if auth == "none" %}
async def create_transfer(
    data: TransferCreate,
    service: Transfers,
    idempotency: IdempotencyDep,
) -> Response:
    """Move store credit from one user to another. An Idempotency-Key makes retries safe."""
    replay = await idempotency.begin(data)
# {% else %}
async def create_transfer(
    data: TransferCreate,
    actor: ShopUser,
    service: Transfers,
    idempotency: IdempotencyDep,
) -> Response:
    """Move store credit from one user to another. An Idempotency-Key makes retries safe."""
    if data.from_user_id != actor.user_id:
        require_staff(actor)
    replay = await idempotency.begin(data)
# {% endif %}
    if replay is not None:
        return replay
    transfer = await service.create(data)
    return idempotency.finish(TransferRead.model_validate(transfer), f"/transfers/{transfer.id}")
# {% endcall %}
# {% endcall %}
