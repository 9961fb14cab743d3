# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Dependencies of any route."""

from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.database.session import get_session

# scope="function": the commit happens before the response leaves. With the default scope a client
# could be told 201 and the commit fail afterwards. Use this one alias everywhere: the same function
# with another scope would open a second session in the same request.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
# {% endcall %}
