"""What owners do to their services. Each edit fails where there is nothing to edit."""

from collections.abc import Callable
from pathlib import Path

REVISION = '''"""Add reviews."""

import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = {after}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "reviews",
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("reviews")
'''
MODEL = '''"""Reviews of products."""

from sqlalchemy.orm import Mapped

from app.models.base import Base, Identified


class Review(Identified, Base):
    """What somebody says."""

    __tablename__ = "reviews"

    text: Mapped[str]
'''
ROUTES = '''"""Reviews over HTTP."""

from fastapi import APIRouter

from app.models import Review

router = APIRouter(prefix="/reviews", tags=["reviews"])


@router.get("/columns")
def list_columns() -> list[str]:
    """Tell what a review has."""
    return sorted(Review.__table__.columns.keys())
'''
IMPORT = "from app.reviews import routes as reviews\n"
OWN_IMPORTS = "# Your own imports go below this line.\n"
OWN_DEPENDENCIES = "    # Your own dependencies go below this line.\n"
# The docstring of a route: before the first release, and since.
A_ROUTE = (
    '    """Answer while the process runs, whatever the database does."""\n',
    '    """Check the process, without the database."""\n',
)
MAIL = """  mail:
    image: "axllent/mailpit:v1"
    restart: unless-stopped

"""


def replace(folder: Path, name: str, old: str, new: str) -> None:
    """Put one text in place of another, which has to be there."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r} to edit"
    path.write_text(text.replace(old, new), encoding="utf-8")


def write(folder: Path, name: str, text: str) -> None:
    """Write a file of the owner's, and its folder where that is missing."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def add_a_model(folder: Path) -> None:
    """Add a table, and show it to migrations."""
    write(folder, "app/models/review.py", MODEL)
    tables = folder / "app/models/__init__.py"
    with tables.open("a", encoding="utf-8") as file:
        file.write("from app.models.review import Review as Review\n")


def add_a_revision(folder: Path) -> None:
    """Add the revision of the table, after those that are there."""
    found = sorted(path.name.partition("_")[0] for path in folder.glob("migrations/versions/*.py"))
    after = f'"{found[-1]}"' if found else "None"
    name = f"{len(found) + 1:04}"
    text = REVISION.format(name=name, after=after)
    write(folder, f"migrations/versions/{name}_add_reviews.py", text)


def add_a_router(folder: Path) -> None:
    """Add routes, where the routes of all features are listed."""
    write(folder, "app/reviews/__init__.py", '"""Reviews."""\n')
    write(folder, "app/reviews/routes.py", ROUTES)
    routers = folder / "app/routers.py"
    if not routers.exists():
        replace(folder, "app/main.py", "\n\n\ndef create_app", f"\n{IMPORT}\n\ndef create_app")
        end = "    return app\n\n\ndef add_middleware"
        replace(folder, "app/main.py", end, f"    app.include_router(reviews.router)\n{end}")
        return
    text = routers.read_text(encoding="utf-8")
    if OWN_IMPORTS in text:
        replace(folder, "app/routers.py", OWN_IMPORTS, OWN_IMPORTS + IMPORT)
    else:
        replace(folder, "app/routers.py", "\n\nROUTERS", f"\n{IMPORT}\nROUTERS")
    replace(folder, "app/routers.py", "\n]", "\n    reviews.router,\n]")


def change_a_setting(folder: Path) -> None:
    """Take larger bodies."""
    replace(folder, "app/config.py", "default=1_000_000", "default=5_000_000")


def explain_the_setting(folder: Path) -> None:
    """Say which bodies are taken where settings are explained."""
    replace(folder, ".env.example", "MAX_BODY_SIZE=1000000", "MAX_BODY_SIZE=5000000")


def change_a_route(folder: Path) -> None:
    """Let a route do one thing more."""
    text = (folder / "app/health.py").read_text(encoding="utf-8")
    [docstring] = [one for one in A_ROUTE if one in text]
    replace(folder, "app/health.py", docstring, f'{docstring}    logger.debug("alive")\n')


def rename_a_variable(folder: Path) -> None:
    """Name a local variable as the owner likes."""
    replace(folder, "app/middleware/requests.py", "milliseconds", "took")


def change_a_command(folder: Path) -> None:
    """Wait longer for requests that run."""
    replace(folder, "app/cli.py", "SHUTDOWN_SECONDS = 10", "SHUTDOWN_SECONDS = 25")


def add_a_dependency(folder: Path) -> None:
    """Ask for a package by name that came with others."""
    new = f'{OWN_DEPENDENCIES}    "anyio>=4",\n'
    replace(folder, "pyproject.toml", OWN_DEPENDENCIES, new)


def explain_it(folder: Path) -> None:
    """Say who answers for the service."""
    replace(folder, "README.md", "It needs [uv]", "Ask the team next door.\n\nIt needs [uv]")


def check_otherwise(folder: Path) -> None:
    """Change a line that the template has since written others beside."""
    check = "uv run ruff check\n"
    new = "uv run ruff check --output-format=github\n"
    replace(folder, ".github/workflows/ci.yaml", check, new)


def ignore_more(folder: Path) -> None:
    """Leave notes out of git."""
    replace(folder, ".gitignore", "dist/\n", "dist/\nnotes/\n")


def delete_files(folder: Path) -> None:
    """Do without a test and without an image."""
    (folder / "tests/test_main.py").unlink()
    (folder / "Dockerfile").unlink()


def change_compose(folder: Path) -> None:
    """Give the database time, and run another service beside it."""
    if (folder / "compose.yaml").exists():
        replace(folder, "compose.yaml", "retries: 30", "retries: 90")
        replace(folder, "compose.yaml", "volumes:\n  data:", f"{MAIL}volumes:\n  data:")


EDITS: list[Callable[[Path], None]] = [
    add_a_model,
    add_a_revision,
    add_a_router,
    change_a_setting,
    explain_the_setting,
    change_a_route,
    rename_a_variable,
    change_a_command,
    add_a_dependency,
    explain_it,
    check_otherwise,
    ignore_more,
    delete_files,
    change_compose,
]
