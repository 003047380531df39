/** A study: how much it holds, and taking its pictures out to measure with them, which takes two people. */

import { button, h, icon } from "../shared/dom.js";
import { when } from "../shared/language.js";
import { secret } from "./sign_in.js";

/** Until the operator goes back. */
export async function studyOf(desk, programme) {
  const found = (await desk.ask("/v1/studies")).find((each) => each.programme === programme.id);
  const given = await held(desk, programme, found);
  if (given) await handedOver(desk.page, programme, given);
}

/** Resolves with what fetches the pictures, or null if the operator went back. */
function held(desk, programme, { people, pictures, ends_on: ends, ended_on: over }) {
  const { page } = desk;
  const count = (number) => new Intl.NumberFormat(page.pack.code).format(number);
  return page.ask("desk-study", (choose) => {
    const problem = h("p", { class: "notice", role: "alert", hidden: true }, icon("question"), h("span", {}));
    const take = async () => {
      problem.hidden = true;
      try {
        const approval = await desk.operator.second("export", programme.id);
        choose(await desk.ask(`/v1/programmes/${programme.id}/study/export`, { method: "POST", body: { approval } }));
      } catch (error) {
        problem.lastChild.textContent = error instanceof DOMException || error.code === "second-person-needed" ? page.word("desk-second-wrong") : error.message;
        problem.hidden = false;
      }
    };
    return [
      h("div", {}, h("h1", { tabindex: "-1" }, page.word("desk-study-pictures")), h("p", { class: "small", dir: "auto" }, programme.name),
        h("p", { class: "badge" }, page.word("desk-study", { when: when(ends, page.pack.code) }))),
      h("dl", { class: "sheet counts" }, figure("people", page.word("desk-study-people"), count(people)), figure("pictures", page.word("desk-study-held"), count(pictures))),
      h("p", { class: "say" }, page.word(over ? "desk-study-over" : "desk-study-line")),
      problem,
      h("div", { class: "foot" },
        !over && people > 0 && button("export", page.word("desk-study-take"), take, { kind: "large", glyph: "people" }),
        button("back", page.word("back"), () => choose(null), { kind: "quiet" })),
    ];
  });
}

function handedOver(page, programme, { export: value, ends_at: ends, people }) {
  return page.ask("desk-exported", (on) => [
    h("div", {}, h("h1", { tabindex: "-1" }, page.word("desk-study-pictures")), h("p", { class: "small", dir: "auto" }, programme.name)),
    secret(page, page.word("desk-study-secret"), value, "export"),
    h("p", { class: "say", data: { people } }, page.word("desk-study-once", { when: when(ends, page.pack.code, { time: true }) })),
    h("div", { class: "sheet" }, h("p", {}, page.word("desk-study-how")),
      h("pre", { class: "mono", dir: "ltr" }, `HANDFAST_EXPORT=… handfast study export --to study --server ${location.origin}`)),
    h("div", { class: "foot" }, button("go-on", page.word("go-on"), on, { kind: "go large" })),
  ]);
}

function figure(name, label, value) {
  return h("div", { data: { figure: name } }, h("dt", {}, label), h("dd", {}, value));
}
