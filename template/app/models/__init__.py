"""Every table. Import a new one here, so that migrations see it."""

# {% include "template/app/models/tables." ~ auth ~ ".py" ignore missing %}
from app.models.base import Base as Base
# {% if example == "shop" %}
from app.models.category import Category as Category
from app.models.journal import AuditRecord as AuditRecord
from app.models.journal import IdempotencyRecord as IdempotencyRecord
from app.models.journal import OutboxMessage as OutboxMessage
from app.models.order import Notification as Notification
from app.models.order import Order as Order
from app.models.order import OrderItem as OrderItem
from app.models.order import OrderStatus as OrderStatus
from app.models.product import Product as Product
from app.models.tag import ProductTag as ProductTag
from app.models.tag import Tag as Tag
from app.models.transfer import Transfer as Transfer
from app.models.user import Address as Address
from app.models.user import User as User
# {% elif auth != "none" %}
from app.models.user import User as User
# {% endif %}

# isort: split
# Your own tables go below this line.
