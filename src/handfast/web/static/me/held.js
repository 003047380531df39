/** First tile: what is held. */

import { h, icon } from "../shared/dom.js";
import { when } from "../shared/language.js";

export function heldTile(page, { held, consent, state }, more) {
  return h("details", { class: "tile sheet", data: { tile: "held" } },
    h("summary", {}, icon("face-and-hand"), h("span", {}, h("b", {}, page.word("me-held")), h("small", {}, page.word("me-held-line")))),
    h("ul", { class: "held" }, held.map(({ modality, position, taken_at: taken, quality_word: quality }) =>
      h("li", { data: { held: position ?? modality } }, icon(modality === "face" ? "face" : "fingers"),
        h("span", {}, h("b", {}, nameOf(page, position)), h("small", {}, page.word("me-taken", { when: when(taken, page.pack.code) }))),
        h("i", {}, page.word(`me-quality-${quality}`))))),
    h("p", {}, page.word("me-agreed", { when: when(consent.at, page.pack.code) })),
    state !== "withdrawn" && h("p", {}, page.word("me-until", { when: when(consent.expires_at, page.pack.code) })),
    more);
}

function nameOf(page, position) {
  if (!position) return page.word("me-face");
  const [hand, finger] = position.split("-");
  return `${page.word(`hand-${hand}`)} · ${page.word(`finger-${finger}`)}`;
}
