"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends, Request

from app.accounts.sign_ins.service import SignInService
from app.dependencies import SessionDep


def get_sign_in_service(request: Request, session: SessionDep) -> SignInService:
    """Put the service together."""
    return SignInService(request.app.state.settings, session)


SignIns = Annotated[SignInService, Depends(get_sign_in_service)]
