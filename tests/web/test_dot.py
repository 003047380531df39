"""Where the dot goes is told place by place, never ahead."""

from support.interface import Interface


def test_a_challenge_does_not_tell_where_the_dot_will_go(handfast: Interface) -> None:
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.say()
    told = visit.draw()
    (follow,) = [task for task in told.json["tasks"] if task["kind"] == "follow"]
    assert set(follow) == {"id", "kind", "camera", "hand", "positions", "stills", "retakes", "seconds", "count"}
    live = handfast.desk.context.live.of(visit.id, handfast.desk.clock.now()).capture
    assert live is not None
    (path,) = [task.path for task in live.challenge.tasks if task.path]
    assert len(path) == 4
    assert not any(f'"{aim}"' in told.body.decode() for aim in ("up", "down-left"))


def test_who_cannot_move_asks_for_it_through_the_interface(handfast: Interface) -> None:
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.say()
    told = visit.ask("POST", "/challenge", {"hands": ["right"], "face": True, "moves": False})
    assert [task["kind"] for task in told.json["tasks"]] == ["look", "count", "hand", "fingers"]
    assert 1 <= told.json["tasks"][1]["count"] <= 4
