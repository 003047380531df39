/** Welcome, turned to the person: who asks and why, and two equal buttons. */

import { button, h, icon } from "../shared/dom.js";
import { noticeHash } from "../shared/language.js";
import { otherWays } from "./way.js";

/** The person's yes or no, with their own act. */
export async function welcome(app) {
  const { page, session } = app;
  const key = `welcome-${session.help ?? session.kind}`;
  const said = page.ask("welcome", (choose) => [
    h("div", { class: "who" },
      h("h1", { tabindex: "-1", dir: "auto" }, session.programme.name),
      h("p", { class: "small", dir: "auto" }, session.programme.purpose)),
    h("div", { class: "sign" }, icon(page.prompts[key].icon)),
    h("p", { class: "say" }, page.prompt(key)),
    button("listen", page.word("listen"), () => app.voice.say(key, page.prompt(key)), { kind: "quiet", glyph: "sound" }),
    session.trial && trialNote(page),
    h("div", { class: "foot" },
      h("div", { class: "pair" },
        button("no", page.word("no"), (event) => choose({ answer: "no", act: actOf(event) }), { kind: "large" }),
        button("yes", page.word("yes"), (event) => choose({ answer: "yes", act: actOf(event) }), { kind: "large" }))),
  ]);
  app.voice.say(key, page.prompt(key));
  return said;
}

/** Says yes or no to the server, bound to the words that were shown. */
export async function tellAnswer(app, { answer, act, questions = [], missed = 0, also = [] }) {
  const { page } = app;
  app.session = await app.api.post("/v1/capture/answer", {
    answer, act, questions, missed, also,
    language: page.pack.code,
    notice_version: page.pack.notice.version,
    notice_hash: await noticeHash(page.pack),
  });
}

/** After a no: thanks, and the other way. Nothing else. */
export function declined(app) {
  const { page, session, voice } = app;
  document.body.dataset.outcome = "declined";
  page.show("answer", () => [
    h("div", { class: "sign" }, icon("way")),
    h("h1", { class: "say", tabindex: "-1" }, page.prompt("answer-no")),
    otherWays(session.programme.another_way),
  ]);
  voice.say("answer-no", page.prompt("answer-no"));
}

/** How and when the person did it: a press, or a key (also what a screen reader or a switch sends). */
export function actOf(event) {
  return { kind: event.detail === 0 ? "key" : "press", at: new Date().toISOString() };
}

export function trialNote(page) {
  return h("p", { class: "small trial" }, page.word("trial"));
}
