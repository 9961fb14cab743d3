"""What sign-ins give over HTTP."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class SessionRead(BaseModel):
    """A device on which a user is signed in, as it calls itself."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    client: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    # Whether it is the one that asks.
    current: bool
