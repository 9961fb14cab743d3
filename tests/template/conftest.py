"""What tests of the code of every service share."""

from collections.abc import Callable

import pytest

from tests.support.matrix import Combination
from tests.support.service_code import Module, read_modules
from tests.support.services import Services

Code = Callable[..., list[Module]]


@pytest.fixture
def code(any_combination: Combination, services: Services) -> Code:
    """Read the Python files of each service."""
    service = services.render(any_combination)
    return lambda *folders: read_modules(service, *folders)
