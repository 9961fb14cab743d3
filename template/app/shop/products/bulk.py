"""What requests about many products take."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from app.schemas import Reference, unique
from app.shop.products.schemas import ProductCreate, ProductUpdate

AS_MANY = Field(min_length=1, max_length=100)


class ProductChange(ProductUpdate):
    """A change of some fields of one product among many."""

    id: Reference

    def columns(self) -> dict[str, Any]:
        """Return the columns that this change writes; the key tells whose."""
        return self.model_dump(exclude_unset=True, exclude={"id"})


def _each_product_once(changes: list[ProductChange]) -> list[ProductChange]:
    unique([change.id for change in changes])
    return changes


NewProducts = Annotated[list[ProductCreate], AS_MANY]
ProductChanges = Annotated[list[ProductChange], AS_MANY, AfterValidator(_each_product_once)]
