"""The routes of every feature."""

from app import health
# {% if auth != "none" %}
from app.auth.routers import ROUTERS as ACCOUNTS
# {% endif %}
from app.shop.addresses import routes as addresses
from app.shop.categories import routes as categories
from app.shop.orders import routes as orders
from app.shop.products import routes as products
from app.shop.tags import routes as tags
from app.shop.transfers import routes as transfers
from app.users import routes as users

# isort: split
# Your own imports go below this line.

ROUTERS = [
    health.router,
    # {% if auth != "none" %}
    *ACCOUNTS,
    # {% endif %}
    addresses.router,
    categories.router,
    orders.router,
    products.router,
    tags.router,
    transfers.router,
    # Before the router of users, whose `/{user_id}` would swallow `/top-spenders`.
    orders.users_router,
    users.router,
    # Your own routers go below this line.
]
