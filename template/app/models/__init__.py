"""Every table. Import a new one here, so that migrations see it."""

# {% if auth == "jwt" %}
from app.models.auth import ApiKey as ApiKey
from app.models.auth import EmailToken as EmailToken
from app.models.auth import RefreshToken as RefreshToken
from app.models.auth import Role as Role
from app.models.auth import TokenPurpose as TokenPurpose
from app.models.auth import UserCredential as UserCredential
from app.models.auth import UserSession as UserSession
# {% elif auth == "session" %}
from app.models.auth import ApiKey as ApiKey
from app.models.auth import EmailToken as EmailToken
from app.models.auth import Role as Role
from app.models.auth import TokenPurpose as TokenPurpose
from app.models.auth import UserCredential as UserCredential
from app.models.auth import UserSession as UserSession
# {% endif %}
from app.models.base import Base as Base
# {% if example == "shop" %}
from app.models.journal import AuditRecord as AuditRecord
from app.models.journal import IdempotencyRecord as IdempotencyRecord
from app.models.journal import OutboxMessage as OutboxMessage
from app.models.shop import Address as Address
from app.models.shop import Category as Category
from app.models.shop import Notification as Notification
from app.models.shop import Order as Order
from app.models.shop import OrderItem as OrderItem
from app.models.shop import OrderStatus as OrderStatus
from app.models.shop import Product as Product
from app.models.shop import ProductTag as ProductTag
from app.models.shop import Tag as Tag
from app.models.shop import Transfer as Transfer
from app.models.user import User as User
# {% elif auth != "none" %}
from app.models.user import User as User
# {% endif %}

# isort: split
# Your own tables go below this line.
