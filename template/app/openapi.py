"""The application's own description, and what it says about methods."""

from typing import Any

from fastapi import FastAPI
from starlette.routing import compile_path
# {% if auth == "session" %}

from app.auth.csrf import describe_csrf
# {% endif %}


class Service(FastAPI):
    """An application that describes its errors by their own media type."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document. FastAPI takes every described answer for plain JSON."""
        if self.openapi_schema is None:
            document = super().openapi()
            for path in document["paths"].values():
                for operation in path.values():
                    content = operation["responses"]["default"]["content"]
                    content["application/problem+json"] = content.pop("application/json")
            # {% if auth == "session" %}
            describe_csrf(document)
            # {% endif %}
        return super().openapi()


def allowed_methods(app: FastAPI, path: str) -> list[str]:
    """Return the methods that a path knows; none where it is not described.

    A path with a word hides one with a variable: `/things/tree` is no `/things/{id}`. Left alone,
    the router names the methods of one function only, and takes `tree` for an id.
    https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6
    """
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    matching = [known for known in paths if compile_path(known)[0].match(path)]
    if not matching:
        return []
    nearest = min(matching, key=lambda known: known.count("{"))
    return sorted(method.upper() for method in paths[nearest])
