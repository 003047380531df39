from handfast.base.decision import Outcome
from support.scripted import Desk


def test_who_enrolled_and_comes_back_is_accepted(desk: Desk) -> None:
    enrolled = desk.enrol("P-1", person=1)
    assert enrolled.outcome == "enrolled"
    answer = desk.check(1, reference="P-1")
    assert answer.outcome is Outcome.ACCEPTED
    assert answer.reference == "P-1"
