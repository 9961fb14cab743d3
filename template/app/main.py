"""The application: everything is put together here, and nothing else happens here."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from app import health
# {% if example == "shop" %}
from app.categories import routes as categories
# {% endif %}
from app.config import Settings, load_settings
from app.database.session import close_database, open_database
from app.logs import configure_logging
from app.middleware.errors import CatchAll
from app.middleware.limits import BodyLimit
from app.middleware.requests import RequestLog
from app.problems import Problem, add_error_handlers
# {% if example == "shop" %}
from app.products import routes as products
# {% endif %}


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application. Without settings it reads them from the environment."""
    settings = settings or load_settings()
    configure_logging(settings)
    app = FastAPI(
        title="{{ project_name }}",
        lifespan=lifespan,
        responses={"default": {"model": Problem, "description": "Problem"}},
    )
    app.state.settings = settings
    open_database(app, settings)
    add_error_handlers(app)
    add_middleware(app, settings)
    app.include_router(health.router)
    # {% if example == "shop" %}
    app.include_router(categories.router)
    app.include_router(products.router)
    # {% endif %}
    return app


def add_middleware(app: FastAPI, settings: Settings) -> None:
    """Wrap the app, the innermost first: errors get CORS headers and a line in the log too."""
    app.add_middleware(BodyLimit, limit=settings.max_body_size)
    app.add_middleware(CatchAll)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["ETag", "Location", "Retry-After", "X-Request-ID"],
    )
    app.add_middleware(RequestLog)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Run while the service runs, and close its connections at the end."""
    yield
    await close_database(app)
