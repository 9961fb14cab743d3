# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks about products, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Category, Product
from app.products import queries
from app.products.schemas import ProductQuery
from tests.factories import category_data, product_data


async def store(session: AsyncSession) -> Product:
    """Store a product in a category of its own, and forget that it was ever loaded."""
    product = Product(**product_data(), category=Category(**category_data()))
    session.add(product)
    await session.flush()
    session.expunge_all()
    return product


async def test_a_page_holds_what_matches(session: AsyncSession) -> None:
    product = await store(session)
    await store(session)

    page = await queries.find_products(session, ProductQuery(search=product.sku))

    assert [found.id for found in page.items] == [product.id]
    assert page.total == 1


async def test_a_detail_comes_with_its_category(session: AsyncSession) -> None:
    product = await store(session)

    found = await queries.product_detail(session, Product.slug == product.slug, product.slug)

    assert found.category is not None
    assert found.category.id == product.category_id


async def test_a_detail_that_does_not_exist_is_told_by_its_label(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=r"^Product nowhere does not exist\.$"):
        await queries.product_detail(session, Product.slug == "nowhere", "nowhere")


async def test_a_product_that_is_to_be_changed_is_found_by_its_key(session: AsyncSession) -> None:
    product = await store(session)

    found = await queries.lock_product(session, product.id)

    assert found.sku == product.sku


async def test_an_unknown_product_cannot_be_locked(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=r"^Product 7000 does not exist\.$"):
        await queries.lock_product(session, 7000)
# {% endcall %}
