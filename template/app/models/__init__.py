"""Every table. Import a new one here, so that migrations see it."""

from app.models.base import Base as Base
# {% if example == "shop" %}
from app.models.category import Category as Category
from app.models.product import Product as Product
# {% endif %}
