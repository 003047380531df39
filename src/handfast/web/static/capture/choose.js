/** Which fingers or which hand are shown: what a person does not have is never asked of them. */

import { button, h, icon } from "../shared/dom.js";

const FINGERS = ["index", "middle", "ring", "little"];

/** At enrolment, and when somebody is to be found: all fingers stand; touching one takes it away. Resolves with the challenge to ask for. */
export async function chooseFingers(app) {
  const { page } = app;
  const missing = new Set();
  app.step = "fingers-choice";
  const wanted = page.ask("fingers-choice", (choose) => {
    const label = () => page.word(missing.size ? "this-is-right" : "all-fingers-fine");
    const on = button("go-on", label(), () => choose(enrolWanted(app.session, missing)), { kind: "go large" });
    const turn = (position, shown) => {
      if (shown) missing.delete(position); else missing.add(position);
      on.querySelector("span").textContent = label();
    };
    return [
      h("h1", { class: "say", tabindex: "-1" }, page.prompt("missing-fingers")),
      h("div", { class: "two-hands" }, ["left", "right"].map((hand) => fingersOf(page, hand, missing, turn))),
      h("div", { class: "foot" }, on,
        app.session.has_face && app.session.kind !== "find" && button("without-hands", page.word("without-hands"), () => choose(faceAlone()), { kind: "quiet" })),
    ];
  });
  app.voice.say("missing-fingers", page.prompt("missing-fingers"));
  return wanted;
}

/** At a check: the person's choice among the hands that are enrolled; no question where there is only one. */
export async function chooseHand(app) {
  const { page, session } = app;
  if (session.hands.length === 0) return faceAlone();
  if (session.hands.length === 1) return checkWanted(session, session.hands[0].hand);
  app.step = "fingers-choice";
  const wanted = page.ask("fingers-choice", (choose) => [
    h("h1", { class: "say", tabindex: "-1" }, page.prompt("choose-hand")),
    h("div", { class: "two-hands" }, ["left", "right"].map((hand) =>
      h("button", { type: "button", class: "hand-choice sheet", data: { action: `hand-${hand}` }, on: { click: () => choose(checkWanted(session, hand)) } },
        icon(hand === "left" ? "hand-left" : "hand"), h("span", {}, page.word(`hand-${hand}`))))),
    h("div", { class: "foot" },
      session.has_face && button("without-hands", page.word("without-hands"), () => choose(faceAlone()), { kind: "quiet" })),
  ]);
  app.voice.say("choose-hand", page.prompt("choose-hand"));
  return wanted;
}

function fingersOf(page, hand, missing, turn) {
  const order = hand === "left" ? [...FINGERS].reverse() : FINGERS; // as one sees one's own hands from above
  return h("fieldset", { class: "hand-fingers" },
    h("div", { class: "row" }, order.map((finger) => {
      const position = `${hand}-${finger}`;
      const tell = (shown) => `${page.word(`hand-${hand}`)}, ${page.word(`finger-${finger}`)}, ${page.word(shown ? "finger-shown" : "finger-not-shown")}`;
      const press = ({ currentTarget }) => {
        const shown = currentTarget.getAttribute("aria-pressed") !== "true";
        currentTarget.setAttribute("aria-pressed", String(shown));
        currentTarget.setAttribute("aria-label", tell(shown));
        turn(position, shown);
      };
      return h("button", { type: "button", class: `finger ${finger}`, "aria-pressed": String(!missing.has(position)), "aria-label": tell(!missing.has(position)),
        data: { action: "finger", position }, on: { click: press } });
    })),
    h("div", { class: `palm ${hand}`, "aria-hidden": "true" }),
    h("legend", {}, page.word(`hand-${hand}`)));
}

const faceAlone = () => ({ hands: [], missing: [], face: true });

function enrolWanted(session, missing) {
  const has = (hand) => FINGERS.some((finger) => !missing.has(`${hand}-${finger}`));
  const hands = session.hands.map(({ hand }) => hand).filter(has);
  return { hands, missing: [...missing].filter((position) => hands.includes(position.split("-")[0])), face: true };
}

function checkWanted(session, hand) {
  const { positions } = session.hands.find((shown) => shown.hand === hand);
  const missing = FINGERS.map((finger) => `${hand}-${finger}`).filter((position) => !positions.includes(position));
  return { hands: [hand], missing, face: session.has_face };
}
