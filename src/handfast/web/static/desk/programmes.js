/** The programmes, each with what this operator may do there. */

import { button, h, icon } from "../shared/dom.js";
import { when } from "../shared/language.js";

/** Resolves with {make}, {people}, {anchor}, {own}, {out}, or {programme} with {kind}, {cases}, {help}, {study} or {pair}. */
export function listed(desk) {
  const { page, programmes, operator } = desk;
  return page.ask("desk", (choose) => [
    h("h1", { tabindex: "-1" }, page.word("desk-programmes")),
    operator && h("p", { class: "small who", dir: "auto", data: { operator: operator.id } }, `${operator.name} · ${operator.site}`),
    programmes.length === 0 && h("p", { class: "say" }, page.word("desk-none")),
    programmes.map((programme) => one(desk, programme, choose)),
    h("div", { class: "foot" },
      desk.may("administrator") && button("make", page.word("desk-new"), () => choose({ make: true }), { kind: programmes.length ? "plain" : "go large" }),
      operator && desk.may("administrator") && h("a", { class: "button", href: "/voices", data: { action: "voices" } }, icon("sound"), h("span", {}, page.word("voices-title"))),
      operator && (desk.may("administrator") || programmes.some(({ id }) => operator.may("owner", id))) && button("people", page.word("desk-people"), () => choose({ people: true }), { glyph: "people" }),
      programmes.length > 0 && button("anchor", page.word("desk-anchor"), () => choose({ anchor: true }), { kind: "quiet", glyph: "link" }),
      operator && button("own-desks", page.word("desk-own"), () => choose({ own: true }), { kind: "quiet", glyph: "desk" }),
      operator && button("sign-out", page.word("desk-sign-out"), () => choose({ out: true }), { kind: "quiet" })),
  ]);
}

function one({ page, operator, may }, programme, choose) {
  const on = (what) => () => choose({ programme, ...what });
  const person = (role) => operator && may(role, programme.id);
  const { id, study_ends_on: study } = programme;
  return h("section", { class: "sheet programme", data: { programme: id } },
    h("div", {}, h("h2", { dir: "auto" }, programme.name), h("p", { class: "small", dir: "auto" }, programme.purpose),
      (study || programme.trial) && h("p", { class: "badge" }, study ? page.word("desk-study", { when: when(study, page.pack.code) }) : page.word("desk-trial"))),
    study && may("enroller", id) && button("enrol", page.word("desk-sit"), on({ kind: "enrol" }), { kind: "go", glyph: "camera" }),
    !study && (may("checker", id) || may("enroller", id)) && h("div", { class: "pair" },
      may("checker", id) && button("check", page.word("desk-check"), on({ kind: "check" }), { kind: "go", glyph: "hand" }),
      may("enroller", id) && button("enrol", page.word("desk-enrol"), on({ kind: "enrol" }), { glyph: "card" })),
    h("div", { class: "links" },
      ["checker", "enroller", "reviewer", "owner"].some(person) && button("help", page.word("desk-help"), on({ help: true }), { kind: "quiet", glyph: "thanks" }),
      study && person("owner") && button("study", page.word("desk-study-pictures"), on({ study: true }), { kind: "quiet", glyph: "fold" }),
      !study && person("reviewer") && button("cases", page.word("desk-cases"), on({ cases: true }), { kind: "quiet", glyph: "help" }),
      operator && ["checker", "enroller", "finder"].some((role) => may(role, id)) && button("pair", page.word("desk-pair"), on({ pair: true }), { kind: "quiet", glyph: "phone-back" }),
      (person("owner") || person("auditor")) && h("a", { class: "button quiet", href: `/owner#${id}`, data: { action: "numbers" } }, icon("clock"), h("span", {}, page.word("desk-numbers"))),
      h("a", { class: "small", href: `/p/${id}` }, page.word("programme-other"))));
}
