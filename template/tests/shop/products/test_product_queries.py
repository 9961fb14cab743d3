# {% from "extensions/plain_functions.jinja" import plain_calls %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_calls(data_layer) %}
"""Data layer of products, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Category, Product, Tag
from app.models.base import utc_now
from app.shop.products.repository import ProductRepository
from app.shop.products.schemas import LowStockQuery, ProductQuery
from tests.shop.factories import category_data, product_data, tag_data


async def store(session: AsyncSession, *, deleted: bool = False) -> Product:
    """Store a product in its own category, detached from the session."""
    product = Product(**product_data(), category=Category(**category_data()))
    product.tags = [Tag(**tag_data())]
    product.deleted_at = utc_now() if deleted else None
    session.add(product)
    await session.flush()
    session.expunge_all()
    return product


async def test_page_contains_matching_products(session: AsyncSession) -> None:
    products = ProductRepository(session)
    product = await store(session)
    await store(session)

    page = await products.page(ProductQuery(search=product.sku))

    assert [found.id for found in page.items] == [product.id]
    assert page.total == 1


async def test_detail_includes_category_and_tags(session: AsyncSession) -> None:
    products = ProductRepository(session)
    product = await store(session)

    found = await products.by_slug(product.slug)

    assert found.category is not None
    assert found.category.id == product.category_id
    assert [tag.id for tag in found.tags] == [tag.id for tag in product.tags]


async def test_unknown_slug_is_named(session: AsyncSession) -> None:
    products = ProductRepository(session)

    with pytest.raises(NotFound, match=r"^Product nowhere does not exist\.$"):
        await products.by_slug("nowhere")


async def test_product_is_locked_by_id(session: AsyncSession) -> None:
    products = ProductRepository(session)
    product = await store(session)

    found = await products.get_locked(product.id)

    assert found.sku == product.sku


async def test_product_is_locked_with_its_tags(session: AsyncSession) -> None:
    products = ProductRepository(session)
    product = await store(session)

    found = await products.tagged_locked(product.id)

    assert [tag.id for tag in found.tags] == [tag.id for tag in product.tags]


async def test_products_are_locked_in_id_order(session: AsyncSession) -> None:
    products = ProductRepository(session)
    first, second = await store(session), await store(session)

    locked = await products.all_locked([second.id, first.id])

    assert [product.id for product in locked] == [first.id, second.id]


async def test_deleted_product_cannot_be_locked(session: AsyncSession) -> None:
    products = ProductRepository(session)
    product = await store(session, deleted=True)
    message = rf"^Product {product.id} does not exist\.$"

    with pytest.raises(NotFound, match=message):
        await products.get_locked(product.id)
    with pytest.raises(NotFound, match=message):
        await products.tagged_locked(product.id)


async def test_low_stock_is_paginated(session: AsyncSession) -> None:
    products = ProductRepository(session)
    product = await store(session)
    await store(session, deleted=True)

    page = await products.low_stock(LowStockQuery(threshold=0))

    assert ([found.id for found in page.items], page.total) == ([product.id], 1)


async def test_prices_are_summarized_by_category(session: AsyncSession) -> None:
    products = ProductRepository(session)
    product = await store(session)

    found = await products.prices()

    assert [row.products for row in found if row.category_id == product.category_id] == [1]
# {% endcall %}
# {% endcall %}
