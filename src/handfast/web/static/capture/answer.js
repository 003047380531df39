/** The answer: one big calm sign and one line, the same layout whatever it is. */

import { button, h, icon } from "../shared/dom.js";
import { otherWays } from "./way.js";
import { trialNote } from "./welcome.js";

const CALM = { accepted: "accepted", referred: "referred", not_accepted: "not-accepted", not_captured: "not-captured", found: "found", not_found: "not-found", enrolled: "enrolled", retaken: "retaken" };
const GOES_ON = ["enrolled", "retaken"];
const BESIDE = 1800; // ms the thanks stand before the card

export async function showAnswer(app, { outcome, advice, trial, return_url: back, page_token: opens }) {
  const { page, session, voice } = app;
  const key = `answer-${CALM[outcome]}`;
  app.step = "answer";
  document.body.dataset.outcome = outcome;
  document.querySelector("footer").replaceChildren();
  const helped = ["not_captured", "not_accepted", "not_found"].includes(outcome);
  const goesOn = GOES_ON.includes(outcome) || Boolean(opens);
  const shown = page.ask("answer", (choose) => {
    if (goesOn) setTimeout(choose, BESIDE);
    return [
      h("div", { class: "sign" }, icon(page.prompts[key].icon)),
      h("h1", { class: "say", tabindex: "-1" }, page.prompt(key)),
      outcome === "not_captured" && advice in page.prompts && h("p", { class: "value" }, page.prompt(advice)),
      helped && otherWays(session.programme.another_way),
      trial && trialNote(page),
      back && h("div", { class: "foot" }, h("a", { class: "button go large", href: back, data: { action: "return" } }, page.word("back-to-desk"))),
      goesOn && h("div", { class: "foot" }, button("next", page.word("next"), choose, { kind: "go large", glyph: "next" })),
    ];
  });
  voice.say(key, page.prompt(key));
  if (goesOn) await shown;
}
