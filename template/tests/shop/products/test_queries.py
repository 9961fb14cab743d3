# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks about products, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Category, Product, Tag
from app.models.base import utc_now
from app.shop.products import queries
from app.shop.products.reports import LowStockQuery
from app.shop.products.schemas import ProductQuery
from tests.factories import category_data, product_data, tag_data


async def store(session: AsyncSession, *, deleted: bool = False) -> Product:
    """Store a product in a category of its own, and forget that it was ever loaded."""
    product = Product(**product_data(), category=Category(**category_data()))
    product.tags = [Tag(**tag_data())]
    product.deleted_at = utc_now() if deleted else None
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


async def test_a_detail_comes_with_its_category_and_its_tags(session: AsyncSession) -> None:
    product = await store(session)

    found = await queries.product_detail(session, Product.slug == product.slug, product.slug)

    assert found.category is not None
    assert found.category.id == product.category_id
    assert [tag.id for tag in found.tags] == [tag.id for tag in product.tags]


async def test_a_detail_that_does_not_exist_is_told_by_its_label(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=r"^Product nowhere does not exist\.$"):
        await queries.product_detail(session, Product.slug == "nowhere", "nowhere")


async def test_a_product_that_is_to_be_changed_is_found_by_its_key(session: AsyncSession) -> None:
    product = await store(session)

    found = await queries.lock_product(session, product.id)

    assert found.sku == product.sku


async def test_a_product_can_be_locked_together_with_its_tags(session: AsyncSession) -> None:
    product = await store(session)

    found = await queries.lock_tagged_product(session, product.id)

    assert [tag.id for tag in found.tags] == [tag.id for tag in product.tags]


async def test_products_are_locked_in_the_order_of_their_keys(session: AsyncSession) -> None:
    first, second = await store(session), await store(session)

    locked = await queries.lock_products(session, [second.id, first.id])

    assert [product.id for product in locked] == [first.id, second.id]


async def test_a_deleted_product_cannot_be_locked(session: AsyncSession) -> None:
    product = await store(session, deleted=True)
    told = rf"^Product {product.id} does not exist\.$"

    with pytest.raises(NotFound, match=told):
        await queries.lock_product(session, product.id)
    with pytest.raises(NotFound, match=told):
        await queries.lock_tagged_product(session, product.id)


async def test_what_is_nearly_sold_out_comes_in_pages(session: AsyncSession) -> None:
    product = await store(session)
    await store(session, deleted=True)

    page = await queries.find_low_stock(session, LowStockQuery(threshold=0))

    assert ([found.id for found in page.items], page.total) == ([product.id], 1)


async def test_prices_are_summed_up_by_category(session: AsyncSession) -> None:
    product = await store(session)

    found = await queries.product_prices(session)

    assert [row.products for row in found if row.category_id == product.category_id] == [1]
# {% endcall %}
