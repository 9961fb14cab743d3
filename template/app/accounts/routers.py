"""The routes of accounts."""

from app.accounts.keys import routes as api_keys
from app.accounts.login import routes as login
from app.accounts.profile import routes as profile
from app.accounts.recovery import routes as recovery
from app.accounts.registration import routes as registration
from app.accounts.sign_ins import routes as sign_ins

ROUTERS = [
    api_keys.router,
    login.router,
    profile.router,
    recovery.router,
    registration.router,
    sign_ins.router,
]
