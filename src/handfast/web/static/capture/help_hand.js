/** A hand that calls for help, at enrolment: three equal answers, and nothing afterwards tells which it was. */

import { button, h, icon } from "../shared/dom.js";

const FINGERS = ["index", "middle", "ring", "little"];

/** Offered to who enrolled two hands; with fewer there is none left for every other day. */
export async function chooseHelpHand(app, wanted, { failed = [] }) {
  const gone = new Set([...wanted.missing, ...failed]);
  const taken = wanted.hands.filter((hand) => FINGERS.some((finger) => !gone.has(`${hand}-${finger}`)));
  if (taken.length < 2) return;
  app.step = "help-hand";
  const { page } = app;
  const chosen = page.ask("help-hand", (choose) => [
    h("h1", { class: "say", tabindex: "-1" }, page.prompt("help-hand")),
    button("listen", page.word("listen"), () => app.voice.say("help-hand", page.prompt("help-hand")), { kind: "quiet", glyph: "sound" }),
    h("div", { class: "two-hands" }, ["left", "right"].map((hand) =>
      h("button", { type: "button", class: "hand-choice sheet", data: { action: `help-${hand}` }, on: { click: () => choose(hand) } },
        icon(hand === "left" ? "hand-left" : "hand"), h("span", {}, page.word(`hand-${hand}`))))),
    h("div", { class: "foot" }, button("help-none", page.word("help-hand-none"), () => choose(null), { kind: "large" })),
  ]);
  app.voice.say("help-hand", page.prompt("help-hand"));
  await app.api.post("/v1/capture/duress", { hand: await chosen });
}
