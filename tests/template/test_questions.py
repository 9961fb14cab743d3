"""Defaults give a service, an answer is obeyed, and a bad or hostile one does no harm."""

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from copier import run_copy
from copier.errors import CopierError
from pytest_copie.plugin import Copie

from tests.support.jinja import extension
from tests.support.matrix import AXES, QUESTIONS, ROOT, Combination, all_combinations, choices
from tests.support.services import Services, environment, render, run

MAX_MESSAGE = 59
MAX_QUESTIONS = 10
ASKED = [name for name, one in QUESTIONS.items() if name[0] != "_" and one.get("when") is not False]
DEFAULTS = {
    "project_name": "My Service",
    "description": "A FastAPI service on SQLAlchemy",
    "database": "sqlite",
    "concurrency": "async",
    "auth": "none",
    "example": "shop",
    "repository": True,
}
BAD_ANSWERS = [
    ("project_name", "", "2 to 40"),
    ("project_name", "x", "2 to 40"),
    ("project_name", "x" * 41, "2 to 40"),
    ("project_name", "Café", "ASCII"),
    ("project_name", "2nd service", "Begin with a letter"),
    ("project_name", "service-", "End with a letter or a digit"),
    ("project_name", "json", "has this name"),
    ("description", "", "1 to 120"),
    ("description", "x" * 121, "1 to 120"),
    ("description", "two\nlines", "one line"),
    ("description", " x", "spaces at its ends"),
]
BAD_CHOICES = [(name, "oracle") for name in ("database", "concurrency", "auth", "example")]
ATTACK_NAMES = {
    "empty": "",
    "one character": "a",
    "41 characters": "a" * 41,
    "1000 characters": "a" * 1000,
    "spaces": "   ",
    "path up": "../../etc/passwd",
    "path up for windows": "..\\..\\windows",
    "absolute path": "/etc/passwd",
    "drive": "C:\\service",
    "two dots": "..",
    "hidden": ".service",
    "home": "~root",
    "double quote": 'a"b',
    "single quote": "a'b",
    "end of a string": 'x", "y = 1',
    "triple quote": '"""import os"""',
    "backslash": "a\\b",
    "escape": "a\\nb",
    "newline inside": "a\nb",
    "newline at the end": "service\n",
    "carriage return": "service\r",
    "tab": "a\tb",
    "null": "a\x00b",
    "escape sequence": "\x1b[31mred",
    "line separator": "a\u2028b",
    "look-alike": "s\u0435rvice",
    "accent": "Café",
    "full width": "\uff53\uff45\uff52\uff56\uff49\uff43\uff45",
    "other digits": "service\u0661",
    "right to left": "a\u202eb",
    "zero width": "a\u200bb",
    "emoji": "service \N{PARTY POPPER}",
    "shell command": "$(touch owned)",
    "shell backticks": "`touch owned`",
    "shell list": "a; touch owned",
    "shell variable": "${HOME}",
    "option": "--help",
    "jinja": "{{ 7 * 7 }}",
    "jinja attribute": "{{ ''.__class__ }}",
    "jinja tag": "# {% include '/etc/passwd' %}",
    "jinja comment": "{# x #}",
    "percent": "a%(here)s",
    "html": "<script>alert(1)</script>",
    "yaml": "a: b",
    "yaml tag": "!!python/name:os.system",
    "comment": "a # b",
    "keyword": "lambda",
    "keyword in capitals": "None",
    "standard library": "asyncio",
    "standard library with a dash": "concurrent",
    "dependency": "fastapi",
    "dependency in capitals": "SQLAlchemy",
    "dependency with a dash": "pydantic-settings",
    "dependency with an underscore": "pydantic_core",
    "device of windows": "con",
    "device of windows with a number": "LPT1",
    "digit first": "1service",
    "dash last": "service-",
    "underscore first": "_service",
}
HARMLESS_NAMES = {
    "two dashes": "a--b",
    "a name of ours": "app",
    "a folder of ours": "tests",
    "boolean of yaml": "yes",
    "number of yaml": "e1e5",
    "good": "Good Service 2",
}
HOSTILE_DESCRIPTIONS = {
    "quotes": """It's a "quoted" service""",
    "triple quotes": "\"\"\"x\"\"\" and '''y'''",
    "end of a string": '", "evil = "x',
    "backslashes": r"C:\new\table \\ \u0041 \x41 ends \ ",
    "backslash at the end": "ends with \\",
    "newline": "two\nlines",
    "newline at the end": "line\n",
    "carriage return": "two\rlines",
    "null": "a\x00b",
    "control": "a\x07b\x1b[31m",
    "line separator": "a\u2028b",
    "half a character": "\ud83d",
    "right to left": "a\u202eb",
    "languages": "Größe, naïve, Ελληνικά, 世界, العربية",
    "emoji": "ship it \N{ROCKET} \N{PARTY POPPER}",
    "jinja": "{{ 7 * 7 }} {{ project_name }}",
    "jinja tag": "# {% raw %}",
    "jinja comment": "{# gone? #}",
    "yaml": "key: value, - item, # comment, &anchor *alias !!tag",
    "toml": "[tool.ruff] x = 1 # comment",
    "shell": "$(touch owned) `touch owned` ; rm -rf ~ ${HOME}",
    "percent": "100 % of %(here)s and %s",
    "braces": "{x} {{x}} {0}",
    "html": "<b>bold</b> &amp; <!-- comment -->",
    "markdown": "# head *bold* _it_ [a](b) ![c](d) | `e`",
    "empty": "",
    "spaces": "   ",
    "120 characters": "x" * 120,
    "120 wide characters": "世" * 120,
    "121 characters": "x" * 121,
}
NAMES_BY_LENGTH = ["Ab", "Twenty characters ok", "Forty characters are as long as it getsx"]
SERVER = {"database": "postgresql", "example": "none", "concurrency": "sync"}


def package_data(service: Path) -> dict[str, Any]:
    """Return what pyproject.toml says about a service."""
    text = (service / "pyproject.toml").read_text(encoding="utf-8")
    data: dict[str, Any] = tomllib.loads(text)["project"]
    return data


def check(service: Path) -> dict[str, Any]:
    """Fail unless every file of a service is valid; return its package data."""
    run("ruff", "format", "--check", "--no-cache", cwd=service)
    run("ruff", "check", "--no-fix", "--no-cache", cwd=service)
    for path in service.rglob("*.y*ml"):
        list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    return package_data(service)


def refusal(template: Path, target: Path, answers: dict[str, Any]) -> str:
    """Return why Copier refuses these answers; empty where it does not."""
    try:
        render(template, target, answers)
    except (ValueError, CopierError) as error:
        return str(error)
    return ""


def files(folder: Path) -> dict[str, str]:
    """Return every file with its text."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def plain(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as a folder without history, which is faster to render."""
    ignored = shutil.ignore_patterns(".git")
    return shutil.copytree(template, tmp_path_factory.mktemp("plain") / "t", ignore=ignored)


@pytest.fixture(scope="session")
def usual(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of a service with a harmless description."""
    return files(render(plain, tmp_path_factory.mktemp("usual") / "service", SERVER))


def test_questions_are_few_and_known_to_the_tests() -> None:
    assert len(ASKED) <= MAX_QUESTIONS
    assert {name for name in ASKED if name not in {"project_name", "description"}} == set(AXES)


@pytest.mark.parametrize("name", ASKED)
def test_questions_explain_their_choices(name: str) -> None:
    question = QUESTIONS[name]

    assert len(question["help"]) > 10
    assert "default" in question
    for label, value in question.get("choices", {}).items():
        short, _, reason = str(label).partition(" - ")
        assert str(value) in short.lower()
        assert reason


def test_defaults_give_a_service(copie: Copie, template: Path) -> None:
    result = copie.copy(template_dir=template)

    assert result.exception is None
    assert result.exit_code == 0
    assert result.answers == DEFAULTS
    assert result.project_dir is not None
    assert (result.project_dir / "app/shop/products/repository.py").is_file()


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [
        ("project_name", "Other Service", "pyproject.toml"),
        ("description", "Something else", "pyproject.toml"),
        ("database", "postgresql", "compose.yaml"),
        ("concurrency", "sync", "app/main.py"),
        ("auth", "jwt", "app/auth/backend.py"),
        ("auth", "session", "app/auth/backend.py"),
        ("example", "none", "docs/first-table.md"),
        ("repository", False, "app/shop/products/queries.py"),
    ],
)
def test_answers_are_obeyed_and_recorded(
    copie: Copie,
    template: Path,
    name: str,
    value: object,
    path: str,
) -> None:
    result = copie.copy(template_dir=template, extra_answers={name: value})

    assert result.exception is None
    assert result.answers[name] == value
    assert result.project_dir is not None
    assert (result.project_dir / path).is_file()
    saved = yaml.safe_load((result.project_dir / ".copier-answers.yml").read_text())
    assert saved[name] == value
    assert set(saved) <= {*ASKED, "_src_path", "_commit"}


def test_repository_is_asked_in_every_service(copie: Copie, template: Path) -> None:
    nothing = copie.copy(template_dir=template, extra_answers={"example": "none"})
    users = copie.copy(template_dir=template, extra_answers={"example": "none", "auth": "jwt"})

    assert nothing.answers["repository"] is True
    assert users.answers["repository"] is True


@pytest.mark.parametrize(("name", "value", "problem"), BAD_ANSWERS)
def test_invalid_answer_is_refused_with_its_rule(
    plain: Path,
    tmp_path: Path,
    name: str,
    value: str,
    problem: str,
) -> None:
    told = refusal(plain, tmp_path / "service", {name: value})

    message = told.rpartition(": ")[2]
    assert problem in message
    assert len(message) <= MAX_MESSAGE
    assert not (tmp_path / "service").exists()


@pytest.mark.parametrize(("name", "value"), BAD_CHOICES)
def test_unknown_choice_is_refused(
    plain: Path,
    tmp_path: Path,
    name: str,
    value: str,
) -> None:
    told = refusal(plain, tmp_path / "service", {name: value})

    assert name in told
    assert not (tmp_path / "service").exists()


@pytest.mark.parametrize("name", ATTACK_NAMES.values(), ids=ATTACK_NAMES)
def test_hostile_name_is_refused(plain: Path, tmp_path: Path, name: str) -> None:
    assert refusal(plain, tmp_path / "service", {"project_name": name})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", HARMLESS_NAMES.values(), ids=HARMLESS_NAMES)
def test_accepted_name_does_no_harm(plain: Path, tmp_path: Path, name: str) -> None:
    service = render(plain, tmp_path / "service", {"project_name": name, **SERVER})

    slug = re.sub("[^a-z0-9]+", "-", name.lower())
    assert check(service)["name"] == slug
    assert yaml.safe_load((service / "compose.yaml").read_text())["name"] == slug
    assert yaml.safe_load((service / ".copier-answers.yml").read_text())["project_name"] == name


@pytest.mark.parametrize("text", HOSTILE_DESCRIPTIONS.values(), ids=HOSTILE_DESCRIPTIONS)
def test_hostile_description_is_refused_or_harmless(
    plain: Path,
    usual: dict[str, str],
    tmp_path: Path,
    text: str,
) -> None:
    service = tmp_path / "service"
    if refusal(plain, service, {"description": text, **SERVER}):
        assert list(tmp_path.iterdir()) == []
        return

    assert package_data(service)["description"] == text
    assert yaml.safe_load((service / ".copier-answers.yml").read_text())["description"] == text
    found = files(service)
    changed = {name for name, body in found.items() if body != usual[name]}
    assert changed == {".copier-answers.yml", "README.md", "pyproject.toml"}
    assert found["README.md"].count("\n") == usual["README.md"].count("\n")


def test_every_language_is_accepted_in_a_description() -> None:
    problem = extension("names").description_problem

    told = {name: problem(HOSTILE_DESCRIPTIONS[name]).strip() for name in ("languages", "emoji")}

    assert told == {"languages": "", "emoji": ""}


@pytest.mark.parametrize("name", NAMES_BY_LENGTH, ids=len)
@pytest.mark.parametrize("answers", [{}, SERVER], ids=["default", "server"])
def test_name_of_any_length_gives_clean_code(
    plain: Path,
    tmp_path: Path,
    name: str,
    answers: dict[str, Any],
) -> None:
    service = render(plain, tmp_path / "service", {"project_name": name, **answers})

    assert check(service)["name"] == name.lower().replace(" ", "-")


def told_after_copy(template: Path, target: Path, answers: dict[str, Any], capture: Any) -> str:
    """Copy as a user would, and return what is shown at the end."""
    run_copy(str(template), target, data=answers, defaults=True, unsafe=False)
    shown: str = capture.readouterr().err
    return shown[shown.index("is ready. Next:") :]


def test_next_commands_are_shown_after_copying(
    template: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    file = told_after_copy(template, tmp_path / "a b", {}, capfd)
    server = told_after_copy(template, tmp_path / "server", {"database": "mysql"}, capfd)

    commands = [line.strip() for line in file.splitlines()[2:5]]
    assert commands == [f"cd '{tmp_path}/a b'", "uv run app db upgrade", "uv run app serve"]
    assert "docker compose up -d --wait" in server
    assert "docker compose" not in file


@pytest.mark.parametrize(
    "answers",
    [
        {"description": """It's "$HOME" `x` \\ {{ 7 * 7 }}"""},
        {"project_name": "Other", "database": "mariadb", "repository": False},
    ],
    ids=["hostile", "chosen"],
)
def test_shown_command_makes_the_same_service_again(
    template: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    answers: dict[str, Any],
) -> None:
    first = tmp_path / "first"
    told = told_after_copy(template, first, answers, capfd)
    expected = files(first)
    shutil.rmtree(first)

    command = next(line for line in told.splitlines() if "uvx copier copy" in line)
    program, *arguments = shlex.split(command)
    assert program == "uvx"
    subprocess.run(arguments, cwd=tmp_path, env=environment(), check=True)

    assert files(first) == expected


@pytest.mark.xdist_group("pyright")
def test_every_combination_records_its_answers(services: Services) -> None:
    """No two combinations give the same service: each answer changes something."""
    rendered: dict[str, Combination] = {}
    for combination in all_combinations():
        body = files_without_answers(services.render(combination))
        assert body not in rendered, (combination, rendered.get(body))
        rendered[body] = combination


def files_without_answers(folder: Path) -> str:
    names = sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".toml", ".md"})
    inside = [path for path in names if ".venv" not in path.parts]
    return "".join(f"{path.relative_to(folder)}\n{path.read_text()}" for path in inside)


@pytest.mark.parametrize("question", AXES)
def test_every_choice_is_rendered_somewhere(question: str) -> None:
    rendered = {getattr(one, question) for one in all_combinations()}

    assert rendered == set(choices(question))


def test_minimum_copier_version_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    needed = ".".join(QUESTIONS["_min_copier_version"].split(".")[:2])
    assert project["dependencies"] == [f"copier>={needed}"]
