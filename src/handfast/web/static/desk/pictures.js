/** The pictures of a case, of who let them be kept: opened by a touch, and each person reads that they were. */

import { button, h, icon } from "../shared/dom.js";

/** A part of the case's screen; what it shows goes with the screen. */
export function pictures({ page, ask }, { id }) {
  const place = h("div", { class: "seen", role: "status" });
  const open = button("pictures", page.word("desk-case-pictures"), async () => {
    open.disabled = true;
    const found = await ask(`/v1/cases/${id}/pictures`, { method: "POST" }).catch((error) => error);
    open.disabled = !Array.isArray(found);
    const people = Array.isArray(found) ? [...new Set(found.map(({ who }) => who))] : [];
    place.replaceChildren(...people.length ? people.map((who) => person(page, who, found.filter((each) => each.who === who), people.length > 1))
      : [h("p", {}, Array.isArray(found) ? page.word("desk-case-pictures-none") : found.message)]);
    document.body.dataset.pictures = String(found.length ?? "");
  }, { glyph: "people" });
  return h("div", { class: "sheet step" }, h("p", { class: "small" }, page.word("desk-case-pictures-line")), open, place);
}

function person(page, who, found, named) {
  return h("section", { data: { who } }, named && h("h2", {}, page.word("desk-case-who", { n: new Intl.NumberFormat(page.pack.code).format(who) })),
    ["enrolment", "check"].map((when) => {
      const these = found.filter(({ taken_at: taken }) => taken === when);
      return these.length > 0 && h("figure", { data: { taken: when } }, h("figcaption", { class: "small" }, icon(when === "check" ? "camera" : "card"), h("span", {}, page.word(`desk-case-at-${when}`))),
        h("div", { class: "crops" }, these.map(({ jpeg, hand }) => h("img", { src: `data:image/jpeg;base64,${jpeg}`, alt: page.word(hand ? `hand-${hand}` : "me-face") }))));
    }));
}
