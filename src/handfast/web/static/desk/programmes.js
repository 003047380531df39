/** The programmes, each with its acts. */

import { button, h, icon } from "../shared/dom.js";

/** Resolves with {make: true} or {programme, kind}. */
export function listed({ page, programmes }) {
  return page.ask("desk", (choose) => [
    h("h1", { tabindex: "-1" }, page.word("desk-programmes")),
    programmes.length === 0 && h("p", { class: "say" }, page.word("desk-none")),
    programmes.map((programme) => h("section", { class: "sheet programme", data: { programme: programme.id } },
      h("div", {}, h("h2", { dir: "auto" }, programme.name), h("p", { class: "small", dir: "auto" }, programme.purpose),
        programme.trial && h("p", { class: "badge" }, page.word("desk-trial"))),
      h("div", { class: "pair" },
        button("check", page.word("desk-check"), () => choose({ programme, kind: "check" }), { kind: "go", glyph: "hand" }),
        button("enrol", page.word("desk-enrol"), () => choose({ programme, kind: "enrol" }), { glyph: "card" }),
        programme.find && button("find", page.word("desk-find"), () => choose({ programme, kind: "find" }), { glyph: "face-and-hand" })),
      h("a", { class: "small", href: `/p/${programme.id}` }, page.word("programme-other")))),
    h("div", { class: "foot" }, button("make", page.word("desk-new"), () => choose({ make: true }), { kind: programmes.length ? "plain" : "go large" })),
  ]);
}
