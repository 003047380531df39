/** Cases: a second person decides, with the one it is about there and captured once more. No score; pictures only of who agreed to that. */

import { button, h, icon } from "../shared/dom.js";
import { when } from "../shared/language.js";
import { pictures } from "./pictures.js";
import { runSession } from "./session.js";

const EVIDENCE = ["document", "known-person", "records", "questions", "other"];
const DECISIONS = { same: "good", different: "one-person", "cannot-tell": "question" };

/** Until the operator goes back. */
export async function casesOf(desk, programme) {
  for (;;) {
    const cases = await desk.ask(`/v1/cases?programme=${encodeURIComponent(programme.id)}`);
    const chosen = await list(desk, programme, cases);
    if (!chosen) return;
    await one(desk, programme, chosen);
  }
}

function list({ page }, programme, cases) {
  return page.ask("desk-cases", (choose) => [
    h("div", {}, h("h1", { tabindex: "-1" }, page.word("desk-cases")), h("p", { class: "small", dir: "auto" }, programme.name)),
    cases.length === 0 && h("p", { class: "say" }, page.word("desk-no-cases")),
    cases.map((each) => h("button", { type: "button", class: `sheet case ${each.state}`, data: { case: each.id, state: each.state }, on: { click: () => choose(each) } },
      icon(each.decision ? DECISIONS[each.decision] : each.kind === "objection" ? "stop" : "help"),
      h("span", {}, h("b", {}, page.word(`desk-case-${each.kind}`)),
        h("small", {}, each.decision ? page.word(`desk-case-${each.decision}`) : page.word("desk-case-until", { when: when(each.deadline_on, page.pack.code) }))),
      h("span", { class: "mono", dir: "ltr" }, each.code))),
    h("div", { class: "foot" }, button("back", page.word("back"), () => choose(null), { kind: "quiet" })),
  ]);
}

async function one(desk, programme, found) {
  const { page } = desk;
  for (let shown = found; shown;) {
    const next = await (shown.state === "open" ? decide(desk, programme, shown) : decided(desk, shown));
    if (next === "capture") {
      const opened = await desk.ask(`/v1/cases/${shown.id}/capture`, { method: "POST", headers: { "Idempotency-Key": crypto.randomUUID() } }).catch((error) => error);
      if (opened.link) await runSession(desk, programme, { kind: "check", reference: "", once: true, ...opened });
      const cases = await desk.ask(`/v1/cases?programme=${encodeURIComponent(programme.id)}`);
      shown = cases.find(({ id }) => id === shown.id);
    } else shown = next;
  }
}

/** Resolves with "capture", the decided case, or null. */
function decide(desk, programme, shown) {
  const { page } = desk;
  return page.ask("desk-case", (choose) => {
    const problem = h("p", { class: "notice", role: "alert", hidden: true }, icon("question"), h("span", {}));
    const form = h("form", { class: "sheet", on: { submit: async (event) => {
      event.preventDefault();
      const said = new FormData(form);
      const ruling = { decision: said.get("decision"), evidence: said.getAll("evidence"), note: said.get("note").trim() };
      try {
        if (shown.kind === "duplicate" && ruling.decision === "same") ruling.approval = await desk.operator.second("merge", programme.id);
        choose((await desk.ask(`/v1/cases/${shown.id}/decision`, { method: "POST", body: ruling })).case);
      } catch (error) {
        problem.lastChild.textContent = error.message;
        problem.hidden = false;
      }
    } } },
    h("fieldset", { class: "mode evidence" }, h("legend", {}, page.word("desk-case-went-by")),
      EVIDENCE.map((what) => h("label", {}, h("input", { type: "checkbox", name: "evidence", value: what }), h("span", {}, page.word(`desk-evidence-${what}`))))),
    h("label", { class: "field" }, page.word("desk-case-note"), h("input", { name: "note", required: true, minlength: 8, maxlength: 400, autocomplete: "off", data: { field: "note" } })),
    h("fieldset", { class: "mode" }, h("legend", { class: "hidden" }, page.word("desk-case-decide")),
      Object.keys(DECISIONS).map((what) => h("label", {}, h("input", { type: "radio", name: "decision", value: what, required: true }), h("span", {}, page.word(`desk-case-${what}`))))),
    problem,
    h("button", { class: "button go large", data: { action: "decide" } }, page.word("desk-case-decide")));
    return [
      heading(page, shown),
      programme.review_pictures && pictures(desk, shown),
      shown.kind === "referred" && h("div", { class: "sheet step" },
        shown.captured > 0 && h("p", { class: "live-not" }, icon("good"), h("span", {}, page.word("desk-case-captured"))),
        button("capture", page.word("desk-case-capture"), () => choose("capture"), { kind: shown.captured ? "plain" : "go", glyph: "camera" })),
      form,
      button("back", page.word("back"), () => choose(null), { kind: "quiet" }),
    ];
  });
}

function decided(desk, shown) {
  const { page } = desk;
  return page.ask("desk-decided", (choose) => {
    const problem = h("p", { class: "notice", role: "alert", hidden: true }, icon("question"), h("span", {}));
    const form = h("form", { class: "sheet", on: { submit: async (event) => {
      event.preventDefault();
      try {
        choose(await desk.ask(`/v1/cases/${shown.id}/reversal`, { method: "POST", body: { note: new FormData(form).get("note").trim() } }));
      } catch (error) {
        problem.lastChild.textContent = error.message;
        problem.hidden = false;
      }
    } } },
    h("label", { class: "field" }, page.word("desk-case-note"), h("input", { name: "note", required: true, minlength: 8, maxlength: 400, autocomplete: "off", data: { field: "note" } })),
    problem,
    h("button", { class: "button", data: { action: "reverse" } }, page.word("desk-case-reverse")));
    return [
      h("div", { class: "sign" }, icon(DECISIONS[shown.decision])),
      h("h1", { tabindex: "-1", class: "centre", data: { decision: shown.decision } }, page.word(`desk-case-${shown.decision}`)),
      form,
      h("div", { class: "foot" }, button("back", page.word("desk-cases"), () => choose(null), { kind: "go large" })),
    ];
  });
}

function heading(page, { kind, code, deadline_on: deadline }) {
  return h("div", {}, h("h1", { tabindex: "-1" }, page.word(`desk-case-${kind}`)),
    h("p", { class: "small" }, h("span", { class: "mono", dir: "ltr" }, code), " · ", page.word("desk-case-until", { when: when(deadline, page.pack.code) })));
}
