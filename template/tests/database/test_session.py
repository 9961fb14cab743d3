# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""One request is one transaction, committed before the response leaves."""

from httpx2 import AsyncClient


async def test_a(client: AsyncClient) -> None:
    response = await client.get("/health/ready")

    assert response.status_code == 200
# {% endcall %}
