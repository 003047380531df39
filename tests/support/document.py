"""The OpenAPI document, held against what is really answered."""

import re
from collections.abc import Mapping
from typing import Any

PROBLEM = "application/problem+json"


class Document:
    """One OpenAPI 3.1 document."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.operations: dict[tuple[str, str], Mapping[str, Any]] = {
            (method.upper(), path): operation
            for path, operations in content["paths"].items()
            for method, operation in operations.items()
        }

    def operation(self, method: str, path: str) -> tuple[str, str] | None:
        """The method and path template that a request goes to; None where none is documented."""
        return next((key for key in self.operations if key[0] == method and _fits(key[1], path)), None)

    def must_allow(self, method: str, path: str, status: int, media_type: str, body: Any) -> None:
        """Fails unless an answer is one that the document states."""
        key = self.operation(method, path)
        if key is None:
            assert status in (404, 405), f"{method} {path} is not documented and answered {status}"
            assert media_type == PROBLEM
            return
        responses = self.operations[key]["responses"]
        assert str(status) in responses, f"{key} answered {status}, documented are {sorted(responses)}"
        content = responses[str(status)].get("content", {})
        assert media_type in content, f"{key} answered {status} as {media_type}, documented is {sorted(content)}"
        self._check(content[media_type].get("schema", {}), body, f"{method} {path} {status}")

    def _check(self, schema: Mapping[str, Any], value: Any, where: str) -> None:
        if "$ref" in schema:
            name = schema["$ref"].removeprefix("#/components/schemas/")
            self._check(self.content["components"]["schemas"][name], value, where)
        elif "anyOf" in schema:
            self._check_any(schema["anyOf"], value, where)
        else:
            self._check_plain(schema, value, where)

    def _check_any(self, choices: list[Mapping[str, Any]], value: Any, where: str) -> None:
        problems = []
        for choice in choices:
            try:
                return self._check(choice, value, where)
            except AssertionError as problem:
                problems.append(str(problem))
        raise AssertionError(problems)

    def _check_plain(self, schema: Mapping[str, Any], value: Any, where: str) -> None:
        if "type" in schema:
            assert isinstance(value, _TYPES[schema["type"]]), f"{where}: {value!r} is no {schema['type']}"
        assert value in schema.get("enum", [value]), f"{where}: {value!r}"
        if isinstance(value, dict) and "properties" in schema:
            assert set(schema.get("required", ())) <= set(value) <= set(schema["properties"]), f"{where}: {set(value)}"
            for name, each in value.items():
                self._check(schema["properties"][name], each, f"{where}.{name}")
        if isinstance(value, list):
            for number, each in enumerate(value):
                self._check(schema.get("items", {}), each, f"{where}[{number}]")


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path.partition("?")[0]) is not None
