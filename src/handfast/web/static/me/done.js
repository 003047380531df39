/** Second tile: what was done. Each use is one sentence; its proof is one touch away and is checked on this phone. */

import { button, h, icon } from "../shared/dom.js";
import { when } from "../shared/language.js";
import { isIncluded } from "./proof.js";
import { listen } from "./say.js";

/** A picture of each use, for who does not read; the outcome's first, else the kind's. */
const PICTURES = {
  "check-accepted": "good", "check-referred": "people", "check-not_accepted": "help", "check-not_captured": "camera-off", "find-found": "look", "read-opened-by-check": "face",
  enrol: "face-and-hand", sitting: "face-and-hand", export: "people", find: "look", activate: "people", abandoned: "way", read: "fold", card: "card", freeze: "pause", unfreeze: "again", withdraw: "stop", erase: "stop", correct: "receipt", review: "people", renew: "clock", leave: "stop",
};

const OWN = { "my page": "me-title", card: "your-card" }; // where nobody else was

export function doneTile(page, { uses, complete, listed }, object) {
  const newest = [...uses].reverse();
  const tile = h("details", { class: "tile sheet", open: true, data: { tile: "done" } },
    h("summary", {}, icon("clock"), h("span", {}, h("b", {}, page.word("me-done")), h("small", {}, page.word("me-done-line")))),
    listen(page, "me-done", () => tile),
    !listed ? h("p", { class: "with-icon", data: { fact: "needs-code" } }, icon("fold"), h("span", {}, page.word("me-done-code"))) : newest.length ? h("ol", { class: "uses" }, newest.map((use) => sentence(page, use))) : h("p", {}, page.word("me-none")),
    listed && h("p", { class: complete ? "small" : "notice", data: { complete } }, page.word(complete ? "me-complete" : "me-incomplete")),
    objection(page, object));
  return tile;
}

/** Something is not right: said in the person's own words, and everything stops until somebody answered. */
function objection(page, object) {
  const form = h("form", { class: "inside", hidden: true, on: { submit: async (event) => {
    event.preventDefault();
    const { deadline_on: by } = await object(new FormData(form).get("words"));
    form.replaceChildren(h("p", { class: "notice", role: "status", data: { fact: "answer-by" } }, page.word("me-objected", { when: when(by, page.pack.code) })));
  } } },
  h("label", { class: "field" }, page.word("me-object-line"), h("textarea", { name: "words", required: true, maxlength: "400", rows: "3", dir: "auto", data: { field: "words" } })),
  h("button", { class: "button", data: { action: "object-send" } }, page.word("me-object-send")));
  return h("div", { class: "part no-print" }, button("object", page.word("me-object"), () => { form.hidden = !form.hidden; }, { glyph: "question" }), form);
}

function sentence(page, use) {
  const keys = [`use-${use.kind}-${use.outcome}`, `use-${use.kind}`, "use-other"];
  const key = keys.find((each) => each in page.pack.words);
  const said = page.word(key, { when: when(use.at, page.pack.code, { time: true }), desk: OWN[use.desk] ? page.word(OWN[use.desk]) : use.desk });
  const proof = h("div", { class: "proof", role: "status", hidden: true });
  return h("li", { data: { use: use.n } }, h("p", { class: "with-icon" }, icon(PICTURES[`${use.kind}-${use.outcome}`] ?? PICTURES[use.kind] ?? "dot"), h("span", {}, said.charAt(0).toLocaleUpperCase(page.pack.code) + said.slice(1))),
    button("proof", page.word("proof-show"), () => prove(page, use.proof, proof), { kind: "quiet" }), proof);
}

async function prove(page, proof, place) {
  if (!place.hidden) { place.hidden = true; return; }
  const good = await isIncluded(proof);
  place.dataset.proof = good ? "good" : "bad";
  place.replaceChildren(
    h("p", { class: good ? "checked" : "notice" }, icon(good ? "good" : "question"), h("span", {}, page.word(good ? "proof-good" : "proof-bad"))),
    h("p", { class: "small" }, page.word("proof-place", { index: proof.index + 1, size: proof.size })),
    h("pre", { dir: "ltr" }, proof.leaf));
  place.hidden = false;
}
