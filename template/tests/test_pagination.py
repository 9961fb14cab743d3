"""Where a page stands in the whole."""

import pytest

from app.pagination import PageQuery, page_of


@pytest.mark.parametrize(
    ("total", "page", "pages", "has_next", "has_previous"),
    [
        (0, 1, 0, False, False),
        (1, 1, 1, False, False),
        (10, 1, 1, False, False),
        (11, 1, 2, True, False),
        (11, 2, 2, False, True),
        (30, 2, 3, True, True),
        (10, 5, 1, False, True),
    ],
    ids=["nothing", "one", "just full", "first", "last", "between", "beyond"],
)
def test_a_page_knows_what_is_before_and_after_it(
    *,
    total: int,
    page: int,
    pages: int,
    has_next: bool,
    has_previous: bool,
) -> None:
    found = page_of(["item"], total, PageQuery(page=page, page_size=10))

    assert (found.total, found.page, found.page_size) == (total, page, 10)
    assert found.items == ["item"]
    assert (found.pages, found.has_next, found.has_previous) == (pages, has_next, has_previous)


def test_the_first_page_skips_nothing_and_each_other_the_pages_before_it() -> None:
    assert PageQuery().offset == 0
    assert PageQuery(page=3, page_size=25).offset == 50
