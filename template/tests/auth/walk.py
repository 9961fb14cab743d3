"""A walk through everything that handles a secret, which remembers every secret on the way."""

import json
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from httpx2 import Client, Request, Response

from tests.auth.letters import Letters
from tests.patience import wait_until

EMAIL = "walker@example.com"
FIELDS = {
    "access_token",
    "csrf_token",
    "current_password",
    "key",
    "new_password",
    "password",
    "refresh_token",
    "token",
}
HEADERS = {"Authorization", "Cookie", "Set-Cookie", "X-API-Key", "X-CSRF-Token"}


def new_password() -> str:
    """Return a password that is a secret like no other."""
    return f"canary {token_urlsafe()}"


@dataclass
class Walker:
    """Somebody who uses a service over the network."""

    url: str
    letters: Letters
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    mails: int = 0

    def __post_init__(self) -> None:
        """Open the way to the service."""
        self.client = Client(
            base_url=self.url,
            event_hooks={"request": [self._watch_request], "response": [self._watch_response]},
        )

    def send(self, status: int, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request, which must have this status; return the answer's body."""
        response = self.client.request(method, path, json=body, headers=headers)
        assert response.status_code == status, f"{method} {path}: {response.text}"
        return response.json() if response.content else None

    def mailed_token(self) -> str:
        """Wait for the next mail that holds a token, and return that."""
        wait_until(lambda: len(self.letters.sent) > self.mails)
        self.mails = len(self.letters.sent)
        return self.letters.token(EMAIL)

    def sign_in(self, password: str) -> None:
        """Sign in; the requests to come are those of a user."""
        body = {"email": EMAIL, "password": password}
        response = self.client.post("/auth/login", json=body)
        assert response.status_code == 200, response.text
        self._take_proof(response)

    def change_password(self, body: dict[str, str]) -> None:
        """Change the password; the requests to come are those of a new sign-in."""
        response = self.client.post("/auth/password", json=body)
        assert response.status_code == 200, response.text
        self._take_proof(response)

    # {% if auth == "jwt" %}
    def stay(self) -> None:
        """Go on being signed in, by what only this kind of accounts has for it."""
        self.send(401, "POST", "/auth/refresh", {"refresh_token": token_urlsafe()})
        body = {"refresh_token": self.refresh_token}
        self._take_proof(self.client.post("/auth/refresh", json=body))

    def _take_proof(self, response: Response) -> None:
        tokens = response.json()
        self.refresh_token = tokens["refresh_token"]
        self.client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    # {% else %}
    def stay(self) -> None:
        """Go on being signed in, by what only this kind of accounts has for it."""
        self.send(403, "PATCH", "/auth/me", {}, **{"X-CSRF-Token": token_urlsafe()})
        found = self.send(200, "GET", "/auth/csrf")
        self.client.headers["X-CSRF-Token"] = found["csrf_token"]

    def _take_proof(self, response: Response) -> None:
        self.client.headers["Cookie"] = response.headers["Set-Cookie"].partition(";")[0]
        self.client.headers["X-CSRF-Token"] = response.json()["csrf_token"]
    # {% endif %}

    def _watch_request(self, request: Request) -> None:
        self._remember(request.content, request.headers)

    def _watch_response(self, response: Response) -> None:
        self._remember(response.read(), response.headers)

    def _remember(self, content: bytes, headers: Any) -> None:
        """Note the secrets of a message, each by what it was sent as."""
        body: Any = json.loads(content) if content.startswith(b"{") else {}
        found = {name: body[name] for name in FIELDS & body.keys()}
        found |= {name: headers[name] for name in HEADERS if name in headers}
        for name, value in found.items():
            # Of a header, what stands behind the scheme or the cookie's name.
            secret = value.removeprefix("Bearer ").partition(";")[0]
            secret = secret.partition("=")[2] if "ookie" in name else secret
            self.secrets[f"{name} {len(self.secrets)}"] = secret


def register(walker: Walker, password: str) -> None:
    """Register and prove the address, after some tries that fail."""
    user = {"username": "walker", "email": EMAIL}
    walker.send(422, "POST", "/auth/register", user | {"password": token_urlsafe(6)})
    walker.send(202, "POST", "/auth/register", user | {"password": password})
    token = walker.mailed_token()
    walker.send(401, "POST", "/auth/login", {"email": EMAIL, "password": password})
    walker.send(422, "POST", "/auth/verify", {"token": token_urlsafe()})
    walker.send(204, "POST", "/auth/verify", {"token": token})


def use_account(walker: Walker, password: str, replacement: str) -> None:
    """Sign in, make a key, change the password and sign out; of most things a false one first."""
    walker.send(401, "POST", "/auth/login", {"email": EMAIL, "password": new_password()})
    walker.send(401, "GET", "/auth/me", Authorization=f"Bearer {token_urlsafe()}")
    walker.send(401, "GET", "/auth/me", Cookie=f"__Host-session={token_urlsafe()}")
    walker.send(401, "GET", "/auth/me", **{"X-API-Key": token_urlsafe()})
    walker.sign_in(password)
    walker.stay()
    made = walker.send(201, "POST", "/auth/api-keys", {"name": "canary", "scopes": []})
    walker.send(200, "GET", "/auth/me", **{"X-API-Key": made["key"]})
    walker.send(403, "GET", "/auth/api-keys", **{"X-API-Key": made["key"]})
    walker.send(204, "DELETE", f"/auth/api-keys/{made['id']}")
    change = {"current_password": new_password(), "new_password": replacement}
    walker.send(422, "POST", "/auth/password", change)
    walker.change_password(change | {"current_password": password})
    walker.send(204, "POST", "/auth/logout")


def recover(walker: Walker) -> None:
    """Set a password by mail, sign in by it, and close the account."""
    password = new_password()
    walker.mails = len(walker.letters.sent)
    walker.send(202, "POST", "/auth/password/forgot", {"email": EMAIL})
    token = walker.mailed_token()
    change = {"token": token, "password": password}
    walker.send(422, "POST", "/auth/password/reset", change | {"token": token_urlsafe()})
    walker.send(204, "POST", "/auth/password/reset", change)
    walker.sign_in(password)
    walker.send(422, "DELETE", "/auth/me", {"password": new_password()})
    walker.send(204, "DELETE", "/auth/me", {"password": password})


def walk(walker: Walker) -> None:
    """Walk the whole way."""
    first, second = new_password(), new_password()
    register(walker, first)
    use_account(walker, first, second)
    recover(walker)
