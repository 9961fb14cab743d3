"""The main job from start to end: make the default service, test it, start it, ask it."""

import json
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.support.services import UV, environment, freeze, render

START_SECONDS = 30


def step(title: str, *command: str, cwd: Path) -> None:
    """Show a command, run it, and stop at the first that fails."""
    print(f"\n== {title}\n$ {' '.join(command)}", flush=True)
    subprocess.run([UV, *command[1:]], cwd=cwd, env=environment(), check=True)


def ask(url: str, body: dict[str, str] | None = None) -> None:
    """Send a request and show it with its answer."""
    data = json.dumps(body).encode() if body else None
    request = Request(url, data, {"Content-Type": "application/json"})  # noqa: S310
    with urlopen(request, timeout=10) as response:  # noqa: S310
        print(f"{request.get_method()} {url} -> {response.status}")
        print(f"   {response.read().decode()[:160]}")


@contextmanager
def serving(service: Path) -> Generator[str]:
    """Start the service on a free port, give its address, stop it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    print(f"\n== start it\n$ uv run app serve --port {port}", flush=True)
    program = service / ".venv/bin/app"
    command = [str(program), "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=service, env=environment())
    try:
        wait_until_ready(url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def wait_until_ready(url: str) -> None:
    """Return when the service answers; raise TimeoutError when it does not in time."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urlopen(f"{url}/health/ready", timeout=2).close()  # noqa: S310
        except (URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{url} was not ready in {START_SECONDS} seconds")


def main() -> None:
    """Run all steps."""
    with TemporaryDirectory() as folder:
        service = Path(folder) / "my-service"
        print("== make it\n$ uvx copier copy --defaults . my-service", flush=True)
        (Path(folder) / "template").mkdir()
        render(freeze(Path(folder) / "template"), service, {})
        step("install it", "uv", "sync", "--quiet", cwd=service)
        step("create its tables", "uv", "run", "app", "db", "upgrade", cwd=service)
        step("run its tests", "uv", "run", "pytest", cwd=service)
        with serving(service) as url:
            ask(f"{url}/health/ready")
            ask(f"{url}/categories", {"name": "Books", "slug": "books"})
            product = {"name": "Emma", "slug": "emma", "sku": "B-1", "price": "9.90"}
            ask(f"{url}/products", product)
            ask(f"{url}/products?search=emma")
    print("\nIt works. `make render` keeps a service to look at.")


if __name__ == "__main__":
    main()
