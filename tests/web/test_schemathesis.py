"""The interface under made-up requests: a short, seeded run of `scripts/campaign schemathesis`."""

import pytest

from support.interface import Interface
from support.schema_fuzz import Fuzz


@pytest.mark.campaign
def test_no_made_up_request_breaks_the_server_or_gets_an_answer_that_is_not_documented(handfast: Interface) -> None:
    fuzz = Fuzz(handfast, examples=2, seed=1)
    fuzz.run()
    assert fuzz.operations == len(handfast.document.operations)
    assert not any(status >= 500 for status in fuzz.answers)
