/** First tile: what is held. */

import { h, icon } from "../shared/dom.js";
import { when } from "../shared/language.js";
import { listen } from "./say.js";

const CLEAR = ["good", "fair", "poor"];

export function heldTile(page, { held, pictures, review_pictures: reviewed, consent, state }, more) {
  const line = reviewed > 0 ? page.word("me-held-line-review") : null;
  const tile = h("details", { class: "tile sheet", data: { tile: "held" } },
    h("summary", {}, icon("face-and-hand"), h("span", {}, h("b", {}, page.word("me-held")), h("small", {}, line ?? page.word("me-held-line")))),
    listen(page, "me-held", () => tile, line),
    h("ul", { class: "held" }, together(held).map(({ modality, position, taken_at: taken, quality_word: quality, times }) =>
      h("li", { data: { held: position ?? modality, times } }, icon(modality === "face" ? "face" : "fingers"),
        h("span", {}, h("b", {}, nameOf(page, position), times > 1 && h("span", { class: "times" }, ` × ${new Intl.NumberFormat(page.pack.code).format(times)}`)), h("small", {}, page.word("me-taken", { when: when(taken, page.pack.code) }))),
        h("i", {}, page.word(`me-quality-${quality}`)))),
      pictures.map((kept) => picturesOf(page, kept)),
      reviewed > 0 && h("li", { data: { review: reviewed } }, icon("people"), h("b", {}, page.word("me-review-pictures"), h("span", { class: "times" }, ` × ${new Intl.NumberFormat(page.pack.code).format(reviewed)}`)))),
    h("p", {}, page.word("me-agreed", { when: when(consent.at, page.pack.code) })),
    state !== "withdrawn" && h("p", {}, page.word("me-until", { when: when(consent.expires_at, page.pack.code) })),
    more);
  return tile;
}

/** One line for each part of the body: several takes of it are counted, the clearest is told. */
function together(held) {
  const parts = new Map();
  for (const one of held) {
    const key = one.position ?? one.modality;
    const known = parts.get(key);
    if (!known || CLEAR.indexOf(one.quality_word) < CLEAR.indexOf(known.quality_word)) parts.set(key, { ...one, times: known?.times ?? 0 });
    parts.get(key).times += 1;
  }
  return [...parts.values()];
}

/** In a study: so many pictures of one part of the body, from one visit. */
function picturesOf(page, { sitting, modality, hand, number, taken_on: taken }) {
  const count = (value) => new Intl.NumberFormat(page.pack.code).format(value);
  return h("li", { data: { pictures: hand ?? modality, times: number } }, icon(modality === "face" ? "face" : "fingers"),
    h("span", {}, h("b", {}, page.word(modality === "face" ? "me-face" : `hand-${hand}`), h("span", { class: "times" }, ` × ${count(number)}`)),
      h("small", {}, page.word("me-taken", { when: when(taken, page.pack.code) }))),
    h("i", {}, page.word("me-visit", { n: count(sitting) })));
}

function nameOf(page, position) {
  if (!position) return page.word("me-face");
  const [hand, finger] = position.split("-");
  return `${page.word(`hand-${hand}`)} · ${page.word(`finger-${finger}`)}`;
}
