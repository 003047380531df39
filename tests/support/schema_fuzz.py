"""Schemathesis on the whole interface: every operation of the document, with bodies and headers that it makes up.

Whatever is sent, the answer is one that the document states, and none is the server's own failure.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS, load_all_checks

from handfast.base.roles import Right, Role
from support.colleagues import at_desk, page_origin
from support.interface import Interface

load_all_checks()
# Recordings are sent as the bytes that they are.
schemathesis.serializer.alias(["audio/webm", "audio/ogg", "audio/mp4"], "application/octet-stream")
STATED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
ENDS_THE_CREDENTIAL = ("/v1/desk/lock", "/v1/desk/sign-out")


@dataclass
class Fuzz:
    """What was sent so far: operations, and answers by status."""

    handfast: Interface
    examples: int
    seed: int
    operations: int = 0
    answers: Counter[int] = field(default_factory=Counter)

    def run(self) -> None:
        """Every operation, as whoever may use it and as nobody. Raises what schemathesis finds wrong."""
        document = schemathesis.openapi.from_dict(dict(self.handfast.document.content))
        document.config.update(base_url=self.handfast.origin)
        for result in document.get_all_operations():
            self.operations += 1
            self._operation(result.ok())  # type: ignore[union-attr]  # a document that does not parse ends here

    def _operation(self, operation: Any) -> None:
        @seed(self.seed)
        @settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def sent(case: Any) -> None:
            for headers in ({}, self._credential(operation)):
                answer = case.call(headers={**(case.headers or {}), **headers})
                self.answers[answer.status_code] += 1
                case.validate_response(answer, checks=[CHECKS.get_one(name) for name in STATED])

        sent()

    def _credential(self, operation: Any) -> dict[str, str]:
        """What opens the operation: a person at a desk with every right, or the administrator's token."""
        programme = self.handfast.desk.programme.id
        roles = (Role.OWNER, Role.REVIEWER, Role.CHECKER, Role.ENROLLER)
        if operation.path.startswith(("/v1/desk", "/v1/cases")):
            return at_desk(self.handfast, *(Right(role, programme) for role in roles)).headers
        token = self.handfast.administrator
        once = {"Idempotency-Key": uuid.uuid4().hex} if operation.path == "/v1/sessions" else {}
        return {"Authorization": f"Bearer {token}", "Origin": page_origin(self.handfast), **once}
