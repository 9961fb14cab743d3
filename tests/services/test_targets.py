"""What reading a service costs its owner stays within the limits that `make bench` prints."""

from pathlib import Path

import pytest

from tests.support.matrix import Combination, choices
from tests.support.request_trace import files_entered
from tests.support.services import Services
from tests.support.targets import (
    SHOP,
    Target,
    missed_guesses,
    request_targets,
    size_targets,
)

MAX_MISSED = 2
KINDS = [one for one in choices("auth") if one != "none"]


def missed(targets: list[Target]) -> list[str]:
    return [str(target) for target in targets if not target.is_met]


def test_sizes_are_within_limits(services: Services) -> None:
    assert missed(size_targets(services)) == []


@pytest.mark.heavy
@pytest.mark.xdist_group(SHOP.dependency_set)
def test_login_and_order_enter_few_files(services: Services, tmp_path: Path) -> None:
    assert missed(request_targets(files_entered(services, SHOP, tmp_path))) == []


@pytest.mark.parametrize("example", choices("example"))
@pytest.mark.parametrize("auth", KINDS)
def test_names_are_found_by_guess(
    auth: str,
    example: str,
    services: Services,
) -> None:
    chosen = Combination("sqlite", "async", auth, example, repository=True)
    found = missed_guesses(services.render(chosen), auth)

    assert len(found) <= MAX_MISSED, found
