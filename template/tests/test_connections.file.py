"""A file has no list of connections, and the command says how to find out."""

from typer.testing import CliRunner

from app.cli import cli
from app.config import load_settings


def test_the_command_names_the_file() -> None:
    result = CliRunner().invoke(cli, ["db", "connections"])

    assert result.exit_code == 0
    assert f"fuser {load_settings().database_url.database}" in result.output
