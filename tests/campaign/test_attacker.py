"""A few attackers; `scripts/campaign attacker` runs as many as one likes."""

import pytest

from support.attacker import STRATEGIES, attack, shipped

RUNS = 15


@pytest.mark.campaign
@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("fingers", [None, -2.0, 2.0])
def test_a_thousand_answers_teach_no_more_of_a_face_than_a_thousand_random_tries(
    name: str, fingers: float | None
) -> None:
    result = attack(STRATEGIES[name], shipped(fingers), runs=RUNS, tries=1000, seed=1)
    assert not result.learned, result


@pytest.mark.campaign
@pytest.mark.parametrize("name", STRATEGIES)
def test_the_same_attackers_learn_where_answers_tell_a_score_by_steps(name: str) -> None:
    result = attack(STRATEGIES[name], lambda cosine: int(cosine // 0.1), runs=RUNS, tries=1000, seed=1)
    assert result.learned, result
    assert result.attacker > 0.5, result
