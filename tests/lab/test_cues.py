"""Passive cues on pictures whose truth is known: drawn grids, sheets, films. Laws, not rates."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from typer.testing import CliRunner

from handfast.base.errors import RequestError
from handfast.cli import lab
from handfast.face.observe import FaceObserver
from handfast.face.pose import MEAN_HEAD
from handfast.imaging.geometry import Points
from handfast.lab.actor.motion import Stance
from handfast.lab.attack.grid import FINER, GridOptics, passed, screen_held
from handfast.lab.attack.sheet import Sheet
from handfast.lab.cues.bands import bands
from handfast.lab.cues.edges import carried, enclosed
from handfast.lab.cues.frame import CueFrame
from handfast.lab.cues.ghosts import QUALITIES, changes
from handfast.lab.cues.measure import CUES, SIMULATED, Attempt, measured, read, write
from handfast.lab.cues.moire import LONGEST, SHORTEST, SIDE, alias, standing_out
from handfast.lab.cues.noise import again, stillness
from handfast.lab.cues.pulse import pulse
from handfast.lab.cues.surround import surround
from handfast.lab.cues.table import ALL, TOGETHER, auc, worth
from handfast.models.store import ModelStore

WIDE, TALL = 360, 480
HEAD = np.array(list(MEAN_HEAD.values()))[:, :2] * [10.0, -10.0]  # px from its middle, at arm's length
WAY = [(0, 0), (6, 1), (12, 3), (15, 8), (10, 12), (2, 9), (-6, 4), (-10, 0), (-4, -4), (2, 0)]


def rigid_at(x: float, y: float) -> Points:
    return np.asarray(HEAD + np.array([WIDE / 2 + x, 0.45 * TALL + y]), np.float32)


def frame(grey: NDArray[np.float64], x: float = 0.0, y: float = 0.0, at: float = 0.0) -> CueFrame:
    pixels = np.repeat(grey[..., None], 3, 2).round().clip(0, 255).astype(np.uint8)
    return CueFrame(pixels, rigid_at(x, y), at)


def noisy(seed: int, level: float = 120.0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(level, 2.0, (TALL, WIDE))


def plaster(seed: int = 1) -> NDArray[np.float64]:
    """A wall with something to follow on it, larger than a frame."""
    rough = np.random.default_rng(seed).normal(0, 60, (TALL + 80, WIDE + 80))
    return np.asarray(120 + cv2.GaussianBlur(rough, (0, 0), 1.5), np.float64)


@settings(max_examples=40, deadline=None)
@given(pitch=st.floats(0.55, 3.0), seed=st.integers(0, 99))
def test_a_grid_sampled_at_another_grid_shows_the_frequency_that_aliasing_foretells(pitch: float, seed: int) -> None:
    foretold = alias(1 / pitch)
    if not 1.2 / LONGEST < foretold < 0.95 / SHORTEST or min(abs(8 * foretold - n) for n in range(5)) < 0.4:
        return
    rng = np.random.default_rng(seed)
    wave = 6 * np.cos(2 * np.pi * np.arange(SIDE) / pitch + rng.uniform(0, 6.3))
    squares = [(120 + wave + rng.normal(0, 2, (SIDE, SIDE))).astype(np.float32) for _ in range(3)]
    strength, found = standing_out(squares)
    assert found == pytest.approx(foretold, abs=1.5 / SIDE)
    assert strength > 1.2


def test_noise_has_no_wave_that_three_squares_share() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        squares = [rng.normal(120, 3, (SIDE, SIDE)).astype(np.float32) for _ in range(3)]
        assert standing_out(squares)[0] < 1.2


@given(st.floats(0.1, 3.0), st.floats(0.1, 0.6), st.floats(0.3, 1.0))
def test_a_blurrer_lens_lets_less_of_a_grid_through(frequency: float, lens: float, pixel: float) -> None:
    sharper, blurrer = GridOptics(lens=lens, pixel=pixel), GridOptics(lens=lens + 0.1, pixel=pixel)
    assert abs(passed(frequency, blurrer)) <= abs(passed(frequency, sharper)) <= 1


def test_a_screen_as_fine_as_the_sensor_beats_and_its_mean_stays() -> None:
    white, ground = np.full((TALL, WIDE, 3), 200, np.uint8), np.full((TALL, WIDE, 3), 90, np.uint8)
    optics = GridOptics(across=round(WIDE * FINER * 1.03), lens=0.15, pixel=0.5, gain=0.7)
    seen = screen_held(white, Sheet(share=1.0), Stance(), ground, optics, 0.0)[100:-100, 40:-40].astype(np.float64)
    assert seen.mean() == pytest.approx(140, abs=4)
    across = seen[..., 0].mean(axis=0)
    spectrum = np.abs(np.fft.rfft(across - across.mean()))
    assert int(np.argmax(spectrum)) / len(across) == pytest.approx(0.03 * FINER, abs=1.5 / len(across))


def test_a_sheet_that_goes_where_the_face_goes_is_told_from_a_door_that_stays() -> None:
    def before(x: float, y: float) -> NDArray[np.float64]:
        grey = noisy(1, 200.0)
        grey[int(60 + y) : int(440 + y), int(60 + x) : int(300 + x)] = 90
        return grey

    held = [frame(before(x, y), x, y) for x, y in WAY]
    door = [frame(before(0, 0), x, y) for x, y in WAY]
    nothing = [frame(noisy(n), x, y) for n, (x, y) in enumerate(WAY)]
    assert min(enclosed(held) or 0, enclosed(door) or 0) > 0.8
    assert enclosed(nothing) == 0.0
    assert (carried(held) or 0) > 0.85
    assert (carried(door) or 0) < 0.1
    assert carried([frame(before(0, 0)) for _ in WAY]) is None


def test_a_room_that_moves_with_the_face_is_told_from_one_that_stays() -> None:
    wall = plaster()
    taken = [frame(wall[40 - y : 40 - y + TALL, 40 - x : 40 - x + WIDE], x, y) for x, y in WAY]
    stays = [frame(wall[:TALL, :WIDE], x, y) for x, y in WAY]
    assert surround(taken) == pytest.approx(1.0, abs=0.1)
    assert surround(stays) == pytest.approx(0.0, abs=0.1)
    assert surround([frame(np.full((TALL, WIDE), 120.0), x, y) for x, y in WAY]) is None


def test_bands_that_roll_are_measured_in_their_depth() -> None:
    rows = np.arange(TALL)[:, None] / TALL
    rolling = [frame(noisy(n, 150) * (1 + 0.1 * np.cos(2 * np.pi * (5 * rows + n / 3)))) for n in range(6)]
    steady = [frame(noisy(n, 150)) for n in range(6)]
    depth = 100 * 2 * np.sin(np.pi / 3)  # of the difference of two bands a third of a turn apart
    assert bands(rolling) == pytest.approx(depth, rel=0.1)
    assert (bands(steady) or 0) < 5


def test_a_film_that_begins_again_is_told_and_so_is_a_picture_without_noise() -> None:
    wall = plaster()

    def film(places: list[tuple[int, int]], noise: float) -> list[CueFrame]:
        rng = np.random.default_rng(3)
        grounds = [wall[40 + y : 40 + y + TALL, 40 + x : 40 + x + WIDE] for x, y in places]
        return [frame(ground + rng.normal(0, noise, ground.shape)) for ground in grounds]

    assert (again(film(WAY[:6] + WAY[:4], 1.0)) or 0) > 0.8 > (again(film(WAY, 1.0)) or 0)
    still = [WAY[0]] * 5
    assert (stillness(film(still, 0.0)) or 0) == 0.0 > -1.0 > (stillness(film(still, 2.0)) or 0)


def test_a_picture_hardly_changes_where_it_is_compressed_as_it_was() -> None:
    grey = plaster()[:TALL, :WIDE].clip(0, 255).astype(np.uint8)
    body = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, QUALITIES[6]])[1]
    found = changes(np.asarray(cv2.imdecode(body, cv2.IMREAD_GRAYSCALE), np.uint8))
    assert int(np.argmin(found)) == 6


def test_a_pulse_is_the_strongest_beat_of_a_face_that_has_one() -> None:
    def face(depth: float) -> list[CueFrame]:
        rng, skin = np.random.default_rng(5), np.array([180.0, 130.0, 100.0])
        frames = []
        for n in range(64):
            beat = 1 + depth * np.sin(2 * np.pi * 1.2 * n / 8) * np.array([0.43, 1.0, 0.69])
            noise = rng.integers(-4, 5, (TALL, WIDE, 3), np.int8)
            frames.append(CueFrame((skin * beat + noise).round().astype(np.uint8), rigid_at(0, 0), n / 8))
        return frames

    alive, without = pulse(face(0.01)), pulse(face(0.0))
    assert alive is not None
    assert without is not None
    assert -alive > 1.5 * -without


def attempts(shift: float) -> list[Attempt]:
    rng = np.random.default_rng(7)
    kinds = [("bona-fide-plain", 0.0), ("print", shift)]
    return [
        Attempt(kind, f"{person:03d}", {name: None if name == "pulse" else rng.normal(more) for name in CUES})
        for person in range(40)
        for kind, more in kinds
    ]


def test_cues_that_tell_nothing_tell_nothing_together_and_good_ones_tell_more() -> None:
    fitted = frozenset(f"{person:03d}" for person in range(20))
    useless = {(w.cue, w.kind): w.auc or 0 for w in worth(attempts(0.0), fitted)}
    useful = {(w.cue, w.kind): w.auc or 0 for w in worth(attempts(1.5), fitted)}
    assert useless[TOGETHER, "print"] == pytest.approx(0.5, abs=0.2)
    assert useful[TOGETHER, "print"] > max(0.95, useful["moire", "print"])
    assert useful["pulse", "print"] == 0.5
    with pytest.raises(RequestError):
        worth(attempts(0.0), frozenset())


def test_a_cue_that_cannot_be_told_calls_nobody_an_attack() -> None:
    fitted = frozenset(f"{person:03d}" for person in range(20))
    found = {(w.cue, w.kind): (w.called, w.trials) for w in worth(attempts(9.0), fitted)}
    assert found["pulse", "print"] == (0, 20)
    assert found["moire", "print"] == (20, 20)
    assert found["moire", ALL][0] <= 4


def test_the_command_tells_what_was_measured_before_and_that_it_was_drawn(tmp_path: Path) -> None:
    write(attempts(9.0), tmp_path / "cues.csv")
    assert read(tmp_path / "cues.csv")[1].values["moire"] == pytest.approx(attempts(9.0)[1].values["moire"], rel=1e-4)
    (tmp_path / SIMULATED).touch()
    told = CliRunner().invoke(lab.app, ["cues", str(tmp_path), "--fit", "20", "--without", "ghosts"]).output
    assert "counted on the other 20" in told
    assert "ghosts" not in told
    assert "Simulated" in told


@pytest.mark.models
def test_a_recorded_attempt_is_read_and_each_cue_told(models_dir: Path, tmp_path: Path) -> None:
    portrait = np.asarray(cv2.imread(str(models_dir / "portraits" / "person_a_1.jpg")), np.uint8)
    folder = tmp_path / "bona-fide" / "anna-1"
    folder.mkdir(parents=True)
    for n in range(6):
        cv2.imwrite(str(folder / f"{200 * n:04d}.jpg"), np.roll(portrait, 3 * n, axis=1))
    cv2.imwrite(str(folder / "1200.jpg"), np.full_like(portrait, 90))  # nobody
    (found,) = measured(tmp_path, FaceObserver(ModelStore(models_dir)))
    assert (found.kind, found.person, found.bona_fide) == ("bona-fide", "anna", True)
    assert {name for name, value in found.values.items() if value is None} == {"pulse"}
    assert found.values["surround"] == pytest.approx(1.0, abs=0.1)
    with pytest.raises(RequestError):
        list(measured(folder, FaceObserver(ModelStore(models_dir))))


def test_the_area_is_the_chance_that_an_attack_has_more() -> None:
    assert auc(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1.0
    assert auc(np.array([1.0]), np.array([1.0])) == 0.5
    assert auc(np.array([-np.inf]), np.array([0.0, -np.inf])) == 0.25
