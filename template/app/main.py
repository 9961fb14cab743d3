"""Application factory and lifespan."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

{{ features.main_imports | join("\n") }}
from app.routers import ROUTERS


def create_app(settings: Settings | None = None) -> FastAPI:
    """Create the application. Settings default to those of the environment."""
    settings = settings or load_settings()
    configure_logging(settings)
    app = Service(
        title="{{ project_name }}",
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
        responses={"default": {"model": Problem, "description": "Problem"}},
    )
    app.state.settings = settings
    open_database(app, settings)
    add_error_handlers(app)
    add_middleware(app, settings)
    # {% if auth != "none" %}
    add_auth(app, settings)
    # {% endif %}
    for router in ROUTERS:
        app.include_router(router)
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Start background work, and close the connections at shutdown."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(close_database, app)
        # {% if example == "shop" %}
        await stack.enter_async_context(worker_beside(app))
        # {% endif %}
        # Your own context managers go below this line.
        yield


def add_middleware(app: FastAPI, settings: Settings) -> None:
    """Add middleware, innermost first: errors get CORS headers and a log line too."""
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
