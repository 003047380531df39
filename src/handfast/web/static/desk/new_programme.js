/** A new programme: one purpose, who sees, how long, another way, languages. Then its keys, shown once. */

import { button, h, icon } from "../shared/dom.js";
import { LANGUAGES, nameOf } from "../shared/language.js";
import { secret } from "./sign_in.js";

const KEPT_FOR = 365; // days, offered first

/** The server's answer with the programme and its keys, or null if the operator went back. */
export function newProgramme(desk) {
  const { page } = desk;
  return page.ask("desk-new", (choose) => {
    const problem = h("p", { class: "notice", role: "alert", hidden: true }, icon("question"), h("span", {}));
    const form = h("form", { class: "sheet", on: { submit: async (event) => {
      event.preventDefault();
      try {
        choose(await desk.ask("/v1/programmes", { method: "POST", body: told(new FormData(form)) }));
      } catch (error) {
        problem.lastChild.textContent = error.code === "unreachable" ? page.word("me-unreachable") : error.message;
        problem.hidden = false;
      }
    } } },
    field(page, "desk-name", h("input", { name: "name", required: true, maxlength: 200 })),
    field(page, "desk-purpose", h("input", { name: "purpose", required: true, maxlength: 200 })),
    field(page, "desk-sees", h("input", { name: "who_sees", required: true, maxlength: 200 })),
    field(page, "desk-days", h("input", { name: "retention_days", type: "number", min: 1, max: 3650, value: KEPT_FOR, required: true, dir: "ltr" })),
    field(page, "desk-study-ends", h("input", { name: "study_ends_on", type: "date", dir: "ltr" })),
    field(page, "desk-other", h("textarea", { name: "another_way", required: true, rows: 3 })),
    h("fieldset", { class: "languages" }, h("legend", {}, page.word("desk-languages")),
      LANGUAGES.map((code) => h("label", {}, h("input", { type: "checkbox", name: "languages", value: code, checked: code === page.pack.code }), h("span", { lang: code }, nameOf(code))))),
    h("fieldset", { class: "mode" }, h("legend", {}, page.word("desk-voice")),
      ["draft", "recorded"].map((voice) => h("label", {}, h("input", { type: "radio", name: "voice", value: voice, checked: voice === "draft" }), h("span", {}, page.word(`desk-voice-${voice}`))))),
    problem,
    h("button", { class: "button go large", data: { action: "make" } }, page.word("desk-make")));
    return [
      h("h1", { tabindex: "-1" }, page.word("desk-new")),
      form,
      button("back", page.word("back"), () => choose(null), { kind: "quiet" }),
    ];
  });
}

/** The keys of a new programme, shown once. */
export function showKeys({ page }, { programme, api_key: key, webhook_secret: webhook }) {
  return page.ask("desk-keys", (on) => [
    h("h1", { tabindex: "-1" }, programme.name),
    h("p", { class: "say" }, page.word("desk-api-key-line")),
    secret(page, page.word("desk-api-key"), key, "api-key"),
    webhook && secret(page, page.word("desk-webhook-secret"), webhook, "webhook"),
    h("div", { class: "foot" }, button("go-on", page.word("go-on"), on, { kind: "go large" })),
  ]);
}

function told(said) {
  const lines = said.get("another_way").split("\n").map((line) => line.trim()).filter(Boolean).slice(0, 5);
  const languages = said.getAll("languages");
  return {
    name: said.get("name"),
    purpose: said.get("purpose"),
    who_sees: said.get("who_sees"),
    retention_days: Number(said.get("retention_days")),
    another_way: lines,
    voice: said.get("voice"),
    study_ends_on: said.get("study_ends_on") || null,
    languages: languages.length ? languages : ["en"],
  };
}

function field(page, key, input) {
  input.dataset.field = input.name;
  return h("label", { class: "field" }, page.word(key), input);
}
