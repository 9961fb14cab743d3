"""The routes of accounts."""

from app.auth.keys import routes as api_keys
from app.auth.login import routes as login
from app.auth.profile import routes as profile
from app.auth.recovery import routes as recovery
from app.auth.registration import routes as registration
from app.auth.user_sessions import routes as user_sessions

ROUTERS = [
    api_keys.router,
    login.router,
    profile.router,
    recovery.router,
    registration.router,
    user_sessions.router,
]
