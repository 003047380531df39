/** Agreeing for longer: the notice once more, and an act of the person's own. */

import { button, h, icon } from "../shared/dom.js";
import { when } from "../shared/language.js";

const LAST_DAYS = 60; // before the end, when it is offered

export function renewPart(page, { state, consent, study_ends_on: study }, renew) {
  if (study !== null) return null; // it ends on its last day, for everyone
  const left = (new Date(consent.expires_at) - Date.now()) / 86400000;
  if (left > LAST_DAYS || state === "frozen" || state === "withdrawn") return null;
  return h("div", { class: "part no-print" }, button("renew", page.word("me-renew"), () => notice(page, renew), { glyph: "clock" }));
}

function notice(page, renew) {
  page.show("me-renew", () => [
    h("h1", { tabindex: "-1" }, page.pack.notice.title),
    page.pack.notice.cards.map(({ picture, title, text }) => h("div", { class: "sheet said" }, icon(picture), h("span", {}, h("b", {}, title), h("p", {}, text)))),
    h("p", { class: "say" }, page.pack.notice.agree),
    h("div", { class: "foot" }, h("div", { class: "pair" },
      button("renew-no", page.word("i-decline"), () => renew(null), { kind: "large" }),
      button("renew-yes", page.word("i-agree"), (event) => renew(actOf(event), page.pack.code), { kind: "large" }))),
  ]);
}

/** A key pressed has no place on the screen. */
function actOf(event) {
  return { kind: event.detail === 0 ? "key" : "press", at: new Date().toISOString() };
}

/** What stands in the place of the tiles' dates while someone is leaving. */
export function leaving(page, { final_at: final }, stay) {
  if (!final) return null;
  return h("div", { class: "sheet leaving", data: { part: "leaving" } },
    h("p", {}, page.word("me-leaving", { when: when(final, page.pack.code, { time: true }) })),
    button("stay", page.word("me-stay"), stay, { kind: "large", glyph: "again" }));
}
