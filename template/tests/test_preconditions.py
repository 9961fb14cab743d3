"""ETag and If-Match."""

import pytest

from app.errors import PreconditionFailed
from app.preconditions import etag, require_version


def test_etag_is_quoted() -> None:
    assert etag(7) == '"7"'


@pytest.mark.parametrize("condition", [None, "*", " * ", '"7"', ' "7" ', '"6","7"', '"8" , "7"'])
def test_matching_if_match_is_accepted(condition: str | None) -> None:
    require_version(7, condition)


@pytest.mark.parametrize("condition", ["", "7", '"6"', '"77"', 'W/"7"', '"6", "8"', '"7', "**"])
def test_other_if_match_is_rejected(condition: str) -> None:
    with pytest.raises(PreconditionFailed, match='the current version is "7"'):
        require_version(7, condition)
