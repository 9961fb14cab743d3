# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% call with_accounts(auth) %}
"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.auth.buyers import ShopUser
from app.dependencies import SessionDep
from app.shop.transfers.service import TransferService


def get_transfer_service(session: SessionDep, actor: ShopUser) -> TransferService:
    """Put the service together."""
    return TransferService(session, actor)


Transfers = Annotated[TransferService, Depends(get_transfer_service)]
# {% endcall %}
