"""The routes of every feature."""

from app import health
# {% if auth != "none" %}
from app.accounts.routers import ROUTERS as ACCOUNTS
# {% endif %}
from app.addresses import routes as addresses
from app.categories import routes as categories
from app.orders import routes as orders
from app.products import routes as products
from app.tagging import routes as tags
from app.transfers import routes as transfers
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
