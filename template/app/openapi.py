"""OpenAPI document: readable ids, the problems of each operation, the methods of a path."""

import json
import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import compile_path
# {% for line in features.openapi_imports %}
{{ line }}
# {% endfor %}

PROBLEM_JSON = "application/problem+json"
PROBLEM = {"$ref": "#/components/schemas/Problem"}
WRITES = {"post", "put", "patch", "delete"}


def operation_id(route: APIRoute) -> str:
    """Name of the route's function: generated clients get a method of this name."""
    return route.name


class Service(FastAPI):
    """Application that documents its problems by status and with their own media type."""

    documented: dict[str, Any] | None = None

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, which FastAPI builds again after a route was added."""
        document = super().openapi()
        if document is not self.documented:
            document = name_generic_schemas(document)
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    document_problems(path, method, operation)
            # {% for line in features.openapi_documented %}
            {{ line }}
            # {% endfor %}
            self.documented = self.openapi_schema = document
        return document


def name_generic_schemas(document: dict[str, Any]) -> dict[str, Any]:
    """Call generic schemas by their titles: `ProductPage`, not `Page_ProductRead_`."""
    text = json.dumps(document)
    for name, schema in document["components"]["schemas"].items():
        if name.endswith("_"):
            text = re.sub(rf'(?<=["/]){name}"', f'{schema["title"]}"', text)
    renamed: dict[str, Any] = json.loads(text)
    return renamed


def document_problems(path: str, method: str, operation: dict[str, Any]) -> None:
    """Add the problems that an operation can answer, and correct the media type of all."""
    responses = operation["responses"]
    for status in problem_statuses(path, method, operation):
        responses.setdefault(f"{status}", problem_response(status))
    for response in responses.values():
        # FastAPI documents problems with the media type of the route's own response.
        for media_type, content in list(response.get("content", {}).items()):
            if content.get("schema") == PROBLEM:
                response["content"][PROBLEM_JSON] = response["content"].pop(media_type)


def problem_statuses(path: str, method: str, operation: dict[str, Any]) -> list[int]:
    """Statuses of an operation's problems, by its guards, its input and its method."""
    has_body = "requestBody" in operation
    parameters = [parameter["name"] for parameter in operation.get("parameters", [])]
    reasons = {
        401: "security" in operation,
        403: "security" in operation,
        404: "{" in path,
        409: method in WRITES,
        412: "If-Match" in parameters,
        413: has_body,
        422: has_body or bool(parameters),
        503: True,
    }
    return [status for status, applies in reasons.items() if applies]


def problem_response(status: int) -> dict[str, Any]:
    """Response with the body of a problem."""
    content = {PROBLEM_JSON: {"schema": PROBLEM}}
    return {"description": HTTPStatus(status).phrase, "content": content}


def allowed_methods(app: FastAPI, path: str) -> list[str]:
    """Return the methods of a path; none when it is not documented.

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
