"""The OpenAPI document is whole and says what is true; every other test here holds each answer against it."""

from typing import Any

from support.document import PROBLEM
from support.interface import Interface


def test_every_operation_has_a_name_a_sentence_and_a_typed_answer(handfast: Interface) -> None:
    names = []
    for key, operation in handfast.document.operations.items():
        names.append(operation["operationId"])
        assert operation["summary"], key
        assert operation["description"].endswith("."), key
        (success,) = [status for status in operation["responses"] if status < "400"]
        content = operation["responses"][success]["content"]
        assert list(content) == ["application/x-tar"] or content["application/json"]["schema"], key
    assert len(set(names)) == len(names)


def test_every_failure_is_documented_as_a_problem(handfast: Interface) -> None:
    for key, operation in handfast.document.operations.items():
        failures = {status: each for status, each in operation["responses"].items() if status >= "400"}
        assert "500" in failures, key
        for status, response in failures.items():
            assert list(response["content"]) == [PROBLEM], (key, status)
            assert response["content"][PROBLEM]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_operations_with_a_key_can_refuse_it_and_busy_ones_say_when_to_come_back(handfast: Interface) -> None:
    for key, operation in handfast.document.operations.items():
        responses: dict[str, Any] = operation["responses"]
        if "security" in operation:
            assert "WWW-Authenticate" in responses["401"]["headers"], key
        if "503" in responses:
            assert "Retry-After" in responses["503"]["headers"], key
        if "requestBody" in operation:
            assert {"400", "413"} <= set(responses), key


def test_every_reference_in_the_document_leads_somewhere(handfast: Interface) -> None:
    schemas = handfast.document.content["components"]["schemas"]
    named = set(_references(handfast.document.content))
    assert named == set(schemas)


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [str(value["$ref"]).rpartition("/")[2]] if isinstance(value.get("$ref"), str) else []
        return own + [name for each in value.values() for name in _references(each)]
    if isinstance(value, list):
        return [name for each in value for name in _references(each)]
    return []


def test_the_documents_page_loads_nothing_from_elsewhere(handfast: Interface) -> None:
    page = handfast.call("GET", "/docs")
    assert page.status == 200
    assert b"https://" not in page.body
    assert b"http://" not in page.body


def test_what_is_not_there_is_a_problem_too(handfast: Interface) -> None:
    for path in ("/v1/nothing", "/v1/capture/nothing", "/nothing", "/static/nothing", "/models/nothing", "/v1/redoc"):
        told = handfast.call("GET", path)
        assert (told.status, told.code) == (404, "not-found")
        assert told.headers["content-type"] == PROBLEM
