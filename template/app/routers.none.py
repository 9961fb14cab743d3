"""The routes of every feature."""

from app import health
# {% if auth != "none" %}
from app.auth.routers import ROUTERS as ACCOUNTS
from app.users import routes as users
# {% endif %}

# isort: split
# Your own imports go below this line.

ROUTERS = [
    health.router,
    # {% if auth != "none" %}
    *ACCOUNTS,
    users.router,
    # {% endif %}
    # Your own routers go below this line.
]
