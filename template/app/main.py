"""The application: everything is put together here, and nothing else happens here."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

# {% if auth != "none" %}
from app.auth.setup import add_protection, open_accounts
# {% endif %}
from app.config import Settings, load_settings
from app.database.session import open_database
from app.lifespan import lifespan
from app.logs import configure_logging
from app.middleware.errors import CatchAll
from app.middleware.limits import BodyLimit
from app.middleware.requests import RequestLog
from app.middleware.retry import Retry
from app.openapi import Service
from app.problems import Problem, add_error_handlers
from app.routers import ROUTERS


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application. Without settings it reads them from the environment."""
    settings = settings or load_settings()
    configure_logging(settings)
    app = Service(
        title="{{ project_name }}",
        lifespan=lifespan,
        responses={"default": {"model": Problem, "description": "Problem"}},
    )
    app.state.settings = settings
    open_database(app, settings)
    add_error_handlers(app)
    add_middleware(app, settings)
    # {% if auth != "none" %}
    open_accounts(app, settings)
    add_protection(app, settings)
    # {% endif %}
    for router in ROUTERS:
        app.include_router(router)
    return app


def add_middleware(app: FastAPI, settings: Settings) -> None:
    """Wrap the app, the innermost first: errors get CORS headers and a line in the log too."""
    app.add_middleware(BodyLimit, limit=settings.max_body_size)
    app.add_middleware(Retry, retries=settings.request_retries)
    app.add_middleware(CatchAll)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["*"],
        allow_headers=["*"],
        # {% if auth == "session" %}
        allow_credentials=True,
        # {% endif %}
        expose_headers=["ETag", "Location", "Retry-After", "X-Request-ID"],
    )
    app.add_middleware(RequestLog)
