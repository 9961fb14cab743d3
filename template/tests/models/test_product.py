# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the tables of the shop refuse by themselves."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product
from tests.factories import category_data, product_data


async def test_a_relation_that_was_not_asked_for_is_an_error_and_no_query(
    session: AsyncSession,
) -> None:
    session.add(Product(**product_data(slug="lamp"), category=Category(**category_data())))
    await session.commit()
    session.expunge_all()
    product = await session.scalar(select(Product).where(Product.slug == "lamp"))

    assert product is not None
    with pytest.raises(InvalidRequestError, match="lazy='raise'"):
        _ = product.category


@pytest.mark.parametrize(
    "fields",
    [{"price": "0"}, {"price": "-1"}, {"stock_quantity": -1}],
    ids=repr,
)
async def test_the_database_itself_refuses_what_the_schemas_refuse(
    session: AsyncSession,
    fields: dict[str, Any],
) -> None:
    session.add(Product(**product_data(**fields)))

    with pytest.raises(DBAPIError):
        await session.flush()
# {% endcall %}
