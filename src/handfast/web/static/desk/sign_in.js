/** Opening the desk: by the one-time link, or by the administrator's key. It is kept until the tab is closed, no longer. */

import { button, h, icon } from "../shared/dom.js";
import { ask } from "../shared/json.js";

const KEPT = "handfast-desk";

/** The administrator's token. */
export async function signIn(page) {
  const link = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  const token = link ? await claimed(page, link) : sessionStorage.getItem(KEPT) ?? await typed(page);
  sessionStorage.setItem(KEPT, token);
  return token;
}

async function claimed(page, link) {
  await page.ask("desk-claim", (open) => [
    h("div", { class: "sign" }, icon("desk")),
    h("h1", { class: "say", tabindex: "-1" }, page.word("desk-claim-line")),
    h("div", { class: "foot" }, button("claim", page.word("desk-claim"), open, { kind: "go large" })),
  ]);
  try {
    const { token } = await ask("/v1/admin/claim", { method: "POST", body: { token: link } });
    await page.ask("desk-key", (on) => [
      h("h1", { tabindex: "-1" }, page.word("desk-title")),
      h("p", { class: "say" }, page.word("desk-signed")),
      secret(page, page.word("desk-key"), token, "admin"),
      h("div", { class: "foot" }, button("go-on", page.word("go-on"), on, { kind: "go large" })),
    ]);
    return token;
  } catch {
    return typed(page, true);
  }
}

async function typed(page, wrong = false) {
  const token = await page.ask("desk-sign-in", (open) => {
    const form = h("form", { class: "sheet", on: { submit: (event) => { event.preventDefault(); open(new FormData(form).get("key").trim()); } } },
      h("label", { class: "field" }, page.word("desk-key"), h("input", { name: "key", type: "password", required: true, dir: "ltr", autocomplete: "off", data: { field: "key" } })),
      h("button", { class: "button go large", data: { action: "open" } }, page.word("desk-claim")));
    return [
      h("h1", { tabindex: "-1" }, page.word("desk-title")),
      wrong ? h("p", { class: "notice", role: "alert" }, icon("question"), h("span", {}, page.word("desk-wrong"))) : h("p", { class: "say" }, page.word("desk-key-line")),
      form,
    ];
  });
  return ask("/v1/programmes", { token }).then(() => token, () => typed(page, true));
}

/** Something that is shown once, with a button that copies it. */
export function secret(page, label, value, name) {
  const copy = button("copy", page.word("desk-copy"), async () => {
    await navigator.clipboard.writeText(value);
    copy.querySelector("span").textContent = page.word("desk-copied");
  });
  return h("div", { class: "sheet secret" }, h("b", {}, label), h("p", { class: "mono", dir: "ltr", data: { secret: name } }, value), copy);
}
