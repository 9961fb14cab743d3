"""Which conditions a version meets."""

import pytest

from app.errors import PreconditionFailed
from app.preconditions import etag, require_version


def test_an_entity_tag_is_quoted() -> None:
    assert etag(7) == '"7"'


@pytest.mark.parametrize("condition", [None, "*", " * ", '"7"', ' "7" ', '"6","7"', '"8" , "7"'])
def test_a_condition_that_names_the_version_is_met(condition: str | None) -> None:
    require_version(7, condition)


@pytest.mark.parametrize("condition", ["", "7", '"6"', '"77"', 'W/"7"', '"6", "8"', '"7', "**"])
def test_a_condition_that_names_another_version_is_not_met(condition: str) -> None:
    with pytest.raises(PreconditionFailed, match='the current version is "7"'):
        require_version(7, condition)
