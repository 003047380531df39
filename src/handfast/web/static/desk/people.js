/** Who works here: their names and rights; somebody new is invited by a code. */

import { button, h, icon } from "../shared/dom.js";

const ROLES = ["enroller", "checker", "reviewer", "finder", "auditor", "owner"];

/** Until the operator goes back. */
export async function people(desk) {
  const { page } = desk;
  for (;;) {
    const everyone = await desk.ask("/v1/operators");
    const invite = await page.ask("desk-people", (choose) => [
      h("h1", { tabindex: "-1" }, page.word("desk-people")),
      h("ul", { class: "sheet colleagues" }, everyone.filter((one) => !one.ended_at).map((one) => h("li", { data: { colleague: one.id } },
        h("b", { dir: "auto" }, one.name), h("span", { class: "small" }, one.rights.map(({ role }) => page.word(`desk-role-${role}`)).filter((word, n, all) => all.indexOf(word) === n).join(" · "))))),
      h("div", { class: "foot" },
        desk.programmes.length > 0 && button("invite", page.word("desk-invite"), () => choose(true), { kind: "go large" }),
        button("back", page.word("back"), () => choose(false), { kind: "quiet" })),
    ]);
    if (!invite) return;
    const made = await newColleague(desk);
    if (made) await handOver(page, made);
  }
}

function newColleague(desk) {
  const { page } = desk;
  return page.ask("desk-invite", (choose) => {
    const problem = h("p", { class: "notice", role: "alert", hidden: true }, icon("question"), h("span", {}));
    const form = h("form", { class: "sheet", on: { submit: async (event) => {
      event.preventDefault();
      const said = new FormData(form);
      const rights = said.getAll("role").map((role) => ({ role, programme: said.get("programme"), site: said.get("site").trim() }));
      try {
        choose(await desk.ask("/v1/operators", { method: "POST", body: { name: said.get("name").trim(), rights } }));
      } catch (error) {
        problem.lastChild.textContent = error.message;
        problem.hidden = false;
      }
    } } },
    h("label", { class: "field" }, page.word("desk-person-name"), h("input", { name: "name", required: true, maxlength: 100, autocomplete: "off", data: { field: "name" } })),
    h("label", { class: "field" }, page.word("desk-programmes"), h("select", { class: "input", name: "programme" }, desk.programmes.map(({ id, name }) => h("option", { value: id }, name)))),
    h("label", { class: "field" }, page.word("desk-site"), h("input", { name: "site", maxlength: 60, autocomplete: "off", data: { field: "work-site" } })),
    h("fieldset", { class: "mode" }, h("legend", {}, page.word("desk-rights")),
      ROLES.map((role) => h("label", {}, h("input", { type: "checkbox", name: "role", value: role }), h("span", {}, page.word(`desk-role-${role}`))))),
    problem,
    h("button", { class: "button go large", data: { action: "make" } }, page.word("desk-invite")));
    return [h("h1", { tabindex: "-1" }, page.word("desk-invite")), form, button("back", page.word("back"), () => choose(null), { kind: "quiet" })];
  });
}

function handOver(page, { operator, link, qr_svg: qr }) {
  return page.ask("desk-invited", (on) => [
    h("h1", { tabindex: "-1", class: "centre", dir: "auto" }, operator.name),
    h("p", { class: "say centre" }, page.word("desk-invite-line")),
    h("div", { class: "waiting" }, h("img", { class: "qr", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(qr)}`, alt: page.word("desk-invite-line") }),
      h("a", { class: "small", href: link, data: { action: "open-link" } }, page.word("desk-or-link"))),
    h("div", { class: "foot" }, button("go-on", page.word("go-on"), on, { kind: "go large" })),
  ]);
}
