"""Every service does what its description says: requests of all kinds, made up from it."""

from pathlib import Path

import pytest
from httpx2 import Client

from tests.support import servers
from tests.support.matrix import ROOT, Combination
from tests.support.running import add_owner, add_staff, running, signed_in
from tests.support.services import UV, Services, run

EXAMPLES = 15
# Here made-up requests shall be answered, however many there are.
UNLIMITED = {
    "RATE_LIMIT_PER_ACCOUNT": "1000000/minute",
    "RATE_LIMIT_PER_ADDRESS": "1000000/minute",
}
# What an API key gets no answer from, and what would revoke the session of the client.
FOR_USERS = (
    "--include-path-regex=^/auth/(me|csrf|sessions|api-keys)",
    "--exclude-name=DELETE /auth/sessions/{session_id}",
    # It cannot take away a cookie that it is given.
    "--exclude-checks=ignored_auth",
)
# An answer of 412 is right for a made-up If-Match, which no description can tell.
EXPECTED = ["2xx", "401", "403", "404", "409", "412"]
# Their rules bind two values to each other, or one to what is stored: 422 can be right.
BOUND = [
    "DELETE /auth/me",
    "GET /categories/{category_id}/products",
    "GET /products",
    "PATCH /products/bulk",
    "PATCH /users/bulk",
    "POST /auth/password/reset",
    "POST /auth/register",
    "POST /auth/verify",
    "POST /orders",
    "POST /transfers",
]
HOOKS = {"SCHEMATHESIS_HOOKS": "tests.support.schemathesis_hooks", "PYTHONPATH": str(ROOT)}
CONFIGURATION = f"""
[checks]
positive_data_acceptance.expected-statuses = {EXPECTED}

[[operations]]
include-name = {BOUND}
checks.positive_data_acceptance.expected-statuses = {[*EXPECTED, "422"]}
"""


@pytest.mark.heavy
def test_service_conforms_to_its_openapi_description(
    heavy_combination: Combination,
    services: Services,
    tmp_path: Path,
) -> None:
    servers.require(heavy_combination.database)
    service = services.install(heavy_combination)
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    with servers.fresh_database(heavy_combination.database, tmp_path) as url:
        variables = {"DATABASE_URL": url.render_as_string(hide_password=False)} | UNLIMITED
        run(UV, "run", "app", "db", "upgrade", cwd=service, env=variables)
        headers = add_staff(heavy_combination, service, variables)
        with running(service, tmp_path, variables) as service_running:
            client = service_running.client
            if headers:
                add_owner(service, variables)
                ask_made_up_requests(client, signed_in(client), tmp_path, "/auth/me", *FOR_USERS)
            ask_made_up_requests(client, headers, tmp_path, "/users" if headers else "/")
            log = service_running.log

    assert "Traceback" not in log


def ask_made_up_requests(
    client: Client,
    headers: dict[str, str],
    folder: Path,
    asks_who: str,
    *more: str,
) -> None:
    """Fail unless all answers are as described, and the client is still known at the end.

    Otherwise all might have been the same 401.
    """
    description = f"{client.base_url}/openapi.json"
    options = [f"--max-examples={EXAMPLES}", "--workers=1", "--suppress-health-check=all"]
    options += [f"--header={name}:{value}" for name, value in headers.items()]
    # A seed: a run that fails can be run again.
    run("schemathesis", "run", description, *options, *more, "--seed=1", cwd=folder, env=HOOKS)
    assert client.get(asks_who, headers=headers).status_code == 200
