/** A lost card: the card alone pauses everything; with the page open, a new card takes the place of the old one. */

import { button, h, icon } from "../shared/dom.js";
import { ask } from "../shared/json.js";

/** For who has only their card: pauses by its number, without the page. */
export function onlyCard(page) {
  const said = h("p", { class: "notice", role: "status", hidden: true }, icon("question"), h("span", {}));
  const form = h("form", { class: "inside", autocomplete: "off", on: { submit: async (event) => {
    event.preventDefault();
    const card = new FormData(form).get("card").trim();
    const word = await ask("/v1/me/freeze-by-card", { method: "POST", body: { card } }).then(() => "me-card-paused", refused);
    said.lastChild.textContent = page.word(word);
    said.dataset.paused = String(word === "me-card-paused");
    said.hidden = false;
  } } },
  h("p", {}, page.word("me-only-card-line")),
  h("label", { class: "field" }, page.word("card-number"), h("input", { name: "card", required: true, inputmode: "numeric", dir: "ltr", class: "mono", data: { field: "card" } })),
  said,
  h("button", { class: "button large", data: { action: "pause-by-card" } }, icon("pause"), h("span", {}, page.word("me-freeze"))));
  return h("details", { class: "sheet tile quiet-tile", data: { tile: "only-card" } }, h("summary", {}, icon("card"), h("span", {}, h("b", {}, page.word("me-only-card")))), form);
}

function refused(error) {
  return { "not-a-card": "me-card-wrong", "bad-request": "me-card-wrong", "too-many-tries": "me-many" }[error.code] ?? "me-unreachable";
}

/** With the page open: a new card, at once shown and ready to print. */
export function lostCard(page, replace) {
  const place = h("div", { class: "new-card", hidden: true, "aria-live": "polite" });
  return h("div", { class: "part" },
    h("p", {}, page.word("me-new-card-line")),
    button("new-card", page.word("me-new-card"), async (event) => {
      event.currentTarget.disabled = true;
      const card = await replace();
      place.replaceChildren(
        h("img", { class: "qr", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(card.qr_svg)}`, alt: page.word("your-card") }),
        h("p", { class: "number" }, h("span", { class: "small" }, page.word("card-number")), h("b", { dir: "ltr", data: { fact: "card" } }, card.number)));
      place.hidden = false;
    }, { glyph: "card" }),
    place);
}
