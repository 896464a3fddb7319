from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator

from reviews.core.access import public

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One line of the API's page, read from the OpenAPI schema."""

    method: str
    path: str
    tag: str
    description: str
    parameters: list[dict[str, Any]]
    body: str
    answers: list[tuple[str, str]]


@public("GET")
def docs(request: HttpRequest) -> HttpResponse:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    groups: dict[str, list[Operation]] = {}
    for operation in operations(schema):
        groups.setdefault(operation.tag, []).append(operation)
    schemas = schema["components"]["schemas"]
    return render(request, "api/docs.html", {"groups": groups, "schemas": schemas})


def operations(schema: dict[str, Any]) -> list[Operation]:
    return [
        _operation(path, method, details)
        for path, methods in schema["paths"].items()
        for method, details in methods.items()
        if method in METHODS
    ]


def _operation(path: str, method: str, details: dict[str, Any]) -> Operation:
    content = details.get("requestBody", {}).get("content", {})
    return Operation(
        method=method.upper(),
        path=path,
        tag=details["tags"][0],
        description=details.get("description", ""),
        parameters=details.get("parameters", []),
        body=_name(next(iter(content.values()), {})),
        answers=[
            (status, _name(next(iter(answer.get("content", {}).values()), {})))
            for status, answer in details["responses"].items()
        ],
    )


def _name(media: dict[str, Any]) -> str:
    """The name of the schema that a body follows; lists are told as such."""
    schema = media.get("schema", {})
    if "items" in schema:
        return "list of " + str(schema["items"].get("$ref", "")).rsplit("/", 1)[-1]
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]
