"""A service in use: with its environment, its database and what is stored there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from tests.support.matrix import Combination
from tests.support.running import running
from tests.support.services import UV, run, suite_environment
from tests.update.project import Project


class LiveProject:
    """A service with its environment and its database."""

    def __init__(self, project: Project, chosen: Combination, url: URL) -> None:
        self.project = project
        self.folder = project.folder
        self.tests = suite_environment(chosen)
        self.variables = {"DATABASE_URL": url.render_as_string(hide_password=False)}

    def run(self, *command: str) -> str:
        """Run a command in the service, on its database; fail where it fails."""
        return run(UV, "run", *command, cwd=self.folder, env=self.variables)

    def pytest(self, *arguments: str) -> str:
        """Run bundled tests on the server of tests, without a summary that repeats failures."""
        command = ("run", "pytest", "--numprocesses=0", "--dist=no", "-rN", *arguments)
        return run(UV, *command, cwd=self.folder, env=self.tests)

    def ask(self, folder: Path, ask: Callable[[Any], Any]) -> Any:
        """Start the service, ask it something, stop it."""
        with running(self.folder, folder, self.variables) as service:
            return ask(service.client)
