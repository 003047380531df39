"""When the line or the server is gone in the middle, the person is told at once, and it goes on by itself."""

import re

import pytest
from playwright.sync_api import Page

from handfast.lab.actor import Flaw
from support.browsing import Acting, Clinic, open_check, outcome_of
from support.film import Film
from support.served import Served
from support.walk import Walk, ask

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]

ALL = re.compile(r"/v1/")
STEPS = re.compile(r"/capture/steps\.js")


def test_a_capture_outlives_a_silent_server_a_lost_line_and_a_server_that_is_gone(
    phone: Page, served: Served, clinic: Clinic, acting: Acting
) -> None:
    again = (Flaw.BLURRED,)  # so that there is something left to do when the line is back
    film = Film(phone, acting(clinic.person, "person_a_1.jpg"), again)
    walk = Walk(phone, film, "line")
    session = open_check(served, phone, clinic)
    walk.screen("welcome")
    phone.route(ALL, lambda route: None)  # never answered
    walk.press("yes")
    walk.problem("connection")
    phone.unroute(ALL)
    with phone.expect_response("**/v1/capture/challenge") as coming:
        pass
    film.follow(coming.value)
    with phone.expect_response("**/v1/capture/frames**"):
        pass

    phone.context.set_offline(offline=True)
    walk.problem("connection")
    phone.context.set_offline(offline=False)
    phone.wait_for_selector("body:not([data-problem])", timeout=30_000)

    phone.route(ALL, lambda route: route.abort("connectionrefused"))
    walk.problem("server-gone")
    phone.unroute(ALL)
    phone.wait_for_selector("body:not([data-problem])", timeout=30_000)

    walk.captured("referred")
    assert outcome_of(served, session) == "referred"


def test_what_follows_the_welcome_is_asked_for_again_where_the_line_was_lost(
    phone: Page, served: Served, clinic: Clinic
) -> None:
    walk = Walk(phone, None, "fetched-again")
    phone.route(STEPS, lambda route: route.abort("internetdisconnected"))
    wanted = {"kind": "check", "programme": clinic.programme, "reference": "nobody"}
    phone.goto(ask(served, "POST", "/v1/sessions", wanted)["link"])
    walk.problem("connection")
    phone.unroute(STEPS)
    phone.wait_for_selector('body[data-screen="welcome"]:not([data-problem])')
    walk.press("yes")
    walk.screen("fingers-choice")


def test_what_is_sent_follows_what_the_line_carries(phone: Page, served: Served) -> None:
    """More pictures at once, smaller, and a smaller photo where the line is slow; not where the server is."""
    phone.goto(f"{served.origin}/docs")
    told = phone.evaluate(
        """async () => {
            const { Line } = await import("/static/capture/line.js");
            const after = (took, spent) => {
                const line = new Line();
                for (let n = 0; n < 20; n++) line.carried(took, spent);
                return [line.atOnce, line.rest, line.share(), line.photo];
            };
            const lines = { quick: [120, 50], busy: [600, 500], slow: [650, 50], worst: [9000, 50], both: [900, 300] };
            return Object.fromEntries(Object.entries(lines).map(([name, times]) => [name, after(...times)]));
        }"""
    )
    assert told["quick"] == [1, 0, 1, 600_000]
    assert told["busy"] == [1, 0, 1, 600_000]
    assert told["slow"] == [5, 100, 0.6, pytest.approx(250_000, rel=0.01)]
    assert told["both"][:2] == [4, 330]  # it is sent no more than it can judge
    assert told["worst"] == [5, 100, 0.6, 200_000]


def test_a_line_that_keeps_a_few_bytes_for_long_is_slow_from_the_first_picture_on(phone: Page, served: Served) -> None:
    phone.goto(f"{served.origin}/docs")
    told = phone.evaluate(
        """async () => {
            const { Line } = await import("/static/capture/line.js");
            const after = (took) => {
                const line = new Line();
                line.answered(took);
                return [line.atOnce, line.share()];
            };
            return [after(40), after(340)];
        }"""
    )
    assert told == [[1, 1], [4, pytest.approx(0.62, abs=0.01)]]


def test_a_picture_is_made_small_enough_to_be_followed_by_the_next_in_time(phone: Page, served: Served) -> None:
    phone.goto(f"{served.origin}/docs")
    shares = phone.evaluate(
        """async () => {
            const { Line } = await import("/static/capture/line.js");
            const line = new Line();
            const next = (whole) => {
                const share = line.share(190);
                line.leaves(share, whole * share ** 2.5);
                return share;
            };
            return [...[36_000, 36_000, 36_000, 12_000, 12_000, 500_000].map(next), line.share(190)];
        }"""
    )
    assert shares[0] < 0.75  # before one was made
    assert 36_000 * shares[2] ** 2.5 == pytest.approx(16_000, rel=0.01)
    assert shares[4] == 1
    assert shares[6] == 0.6


def test_pictures_that_come_quickly_are_paid_for_by_a_rest(phone: Page, served: Served) -> None:
    phone.goto(f"{served.origin}/docs")
    waits = phone.evaluate(
        """async () => {
            const { Line } = await import("/static/capture/line.js");
            const line = new Line();
            return [1000, 1100, 1200, 1300, 1400].map((now) => line.leaves(1, 16_000, now));
        }"""
    )
    assert waits[0] == 0  # one may go before its time
    assert max(waits[:2]) < 100 < min(waits[3:])
    sent, ends = 5 * 16_000, 400 + waits[4]
    assert sent <= 90 * ends + 16_000


def test_a_step_that_good_pictures_in_a_row_end_gets_them_quickly(phone: Page, served: Served) -> None:
    """By a clock that goes on by what is slept alone."""
    phone.goto(f"{served.origin}/docs")
    spans = phone.evaluate(
        """async () => {
            const { stream } = await import("/static/capture/frames.js");
            const { Line } = await import("/static/capture/line.js");
            let now = 0;
            performance.now = () => now;
            globalThis.setTimeout = (call, ms) => { now += ms; queueMicrotask(call); };
            const span = async (kind, good, next_in_ms) => {
                const [sent, began] = [[], now];
                const frame = async () => {
                    sent.push(now);
                    const [over, progress] = [sent.length === 9, sent.length > 3 ? good : 0];
                    return { task: { id: 0, state: over ? "done" : "going", progress }, next: null, next_in_ms };
                };
                const jpeg = async () => new Blob(["picture"]);
                const camera = { ready: async () => {}, fresh: async () => true, jpeg };
                const app = { line: new Line(), camera, api: { frame }, exit: new AbortController() };
                await stream(app, {}, { id: 0, kind }, { kind: "frame", each: () => {}, hinted: () => {} });
                return sent.at(-1) - began;
            };
            const spans = [await span("hand", 0.3, 190), await span("hand", 0, 190), await span("look", 0, 190)];
            return [...spans, await span("follow", 0.5, 190), await span("hand", 0.3, 330)];
        }"""
    )
    row, none, look, follow, full = spans
    assert row == 3 * 190 + 5 * 100
    assert none == look == follow == 8 * 190
    assert full == 8 * 330  # a full server gets none quickly


def test_pictures_come_no_more_often_than_the_server_wants_them(phone: Page, served: Served) -> None:
    """Timed from below alone: no clock of a browser rings too early."""
    phone.goto(f"{served.origin}/docs")
    apart = phone.evaluate(
        """async () => {
            const { stream } = await import("/static/capture/frames.js");
            const { Line } = await import("/static/capture/line.js");
            const sent = [];
            const frame = async () => {
                sent.push(performance.now());
                return { task: { id: 0, state: sent.length < 4 ? "going" : "done" }, next: null, next_in_ms: 400 };
            };
            const camera = { ready: async () => {}, fresh: async () => true, jpeg: async () => new Blob(["picture"]) };
            const app = { line: new Line(), camera, api: { frame }, exit: new AbortController() };
            await stream(app, {}, { id: 0 }, { kind: "frame", each: () => {}, hinted: () => {} });
            return sent.slice(1).map((at, n) => at - sent[n]);
        }"""
    )
    assert len(apart) == 3
    assert min(apart[1:]) > 395  # the first pause began before it was heard


def test_an_answer_that_was_overtaken_does_not_put_the_dot_back(phone: Page, served: Served) -> None:
    phone.goto(f"{served.origin}/docs")
    heard = phone.evaluate(
        """async () => {
            const { stream } = await import("/static/capture/frames.js");
            const { Line } = await import("/static/capture/line.js");
            const line = new Line();
            line.answered(400);
            const waits = [700, 10, 20, 30];
            let sent = 0;
            const frame = async () => {
                const number = sent++;
                await new Promise((resolve) => setTimeout(resolve, waits[number] ?? 40));
                return { task: { id: 0, state: number < 8 ? "going" : "done" }, next: null, hint: null, dot: number };
            };
            const camera = { ready: async () => {}, fresh: async () => true, jpeg: async () => new Blob(["picture"]) };
            const app = { line, camera, api: { frame }, exit: new AbortController() };
            const heard = [];
            await stream(app, {}, { id: 0 }, { kind: "frame", each: ({ dot }) => heard.push(dot), hinted: () => {} });
            return heard;
        }"""
    )
    assert heard == list(range(1, 9))


def test_of_a_few_live_pictures_the_sharpest_is_taken_where_there_is_no_photo(phone: Page, served: Served) -> None:
    phone.goto(f"{served.origin}/docs")
    taken = phone.evaluate(
        """async () => {
            const { takeStill } = await import("/static/capture/still.js");
            const { ridgeContrast, tipIn } = await import("/static/capture/focus.js");
            delete globalThis.ImageCapture;
            const video = document.createElement("canvas");
            [video.width, video.height] = [video.videoWidth, video.videoHeight] = [400, 400];
            const ridges = (blur) => {
                const context = video.getContext("2d");
                context.filter = `blur(${blur}px)`;
                for (let x = 0; x < 400; x += 4) {
                    context.fillStyle = x % 8 ? "#654" : "#dba";
                    context.fillRect(x, 0, 4, 400);
                }
            };
            const blurs = [3, 0, 5];
            let shown = 0;
            ridges(blurs[0]);
            const camera = { video, track: null, fresh: async () => { ridges(blurs[++shown]); return true; } };
            const seen = [];
            const sharpness = (picture) => {
                seen.push(ridgeContrast(picture, tipIn([0.25, 0.25, 0.4, 0.5])));
                return seen.at(-1);
            };
            const photo = await takeStill(camera, sharpness);
            return [seen, ridgeContrast(photo, tipIn([0.25, 0.25, 0.4, 0.5]))];
        }"""
    )
    seen, contrast = taken
    assert seen[1] == max(seen) > 2 * seen[0]
    assert contrast == seen[1]
