"""The files of a service that a request enters, by a trace of real requests."""

import json
from pathlib import Path

from tests.support.matrix import Combination
from tests.support.running import OWNER, add_owner
from tests.support.services import UV, Services, run

# Runs in the environment of the service: the application is asked in the same process.
TRACE = """
import asyncio, json, sys, threading
from pathlib import Path

from httpx2 import ASGITransport, AsyncClient

from app.main import create_app

APP = str(Path("app").resolve())
entered = []

def note(frame, event, argument):
    path = frame.f_code.co_filename
    if event == "call" and path.startswith(APP) and frame.f_code.co_name != "<module>":
        name = Path(path).relative_to(APP).as_posix()
        if name not in entered:
            entered.append(name)

def profile(function):
    threading.setprofile(function)
    sys.setprofile(function)

async def traced(client, method, path, body=None):
    entered.clear()
    profile(note)
    response = await client.request(method, path, json=body)
    profile(None)
    assert response.is_success, response.text
    return list(entered), response

async def main():
    application = create_app()
    transport = ASGITransport(app=application)
    async with AsyncClient(transport=transport, base_url="http://testserver") as client:
        await client.get("/health/ready")
        every, _ = await traced(client, "GET", "/health/ready")
        login, response = await traced(client, "POST", "/auth/login", OWNER)
        found = {"every": every, "login": login}
        if with_order:
            token = response.json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            product = {"name": "Emma", "slug": "emma", "sku": "B-1", "price": "9.90"}
            made = await client.post("/products", json={**product, "stock_quantity": 9})
            items = [{"product_id": made.json()["id"], "quantity": 2}]
            order = {"items": items, "shipping_address": "1 High Street, London"}
            found["order"], _ = await traced(client, "POST", "/orders", order)
    await application.state.engine.dispose()
    print(json.dumps(found))

OWNER, with_order = json.loads(sys.argv[1])
asyncio.run(main())
"""


def files_entered(services: Services, chosen: Combination, folder: Path) -> dict[str, list[str]]:
    """Return the files of app/ that a login and, in a shop, an order enter, in their order.

    Files that every request enters are left out, as middleware: `GET /health/ready` tells them.
    """
    service = services.install(chosen)
    env = {"DATABASE_URL": f"sqlite:///{folder}/trace.db"}
    run(UV, "run", "app", "db", "upgrade", cwd=service, env=env)
    add_owner(service, env)
    given = json.dumps([OWNER, chosen.example == "shop"])
    printed = run(services.python(chosen), "-c", TRACE, given, cwd=service, env=env)
    found: dict[str, list[str]] = json.loads(printed.splitlines()[-1])
    every = found.pop("every")
    return {name: [file for file in files if file not in every] for name, files in found.items()}
