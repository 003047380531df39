/** Opening the desk: by passkey, by an invitation or the one-time link, or by an administrator's key where no passkey works. */

import { button, h, icon } from "../shared/dom.js";
import { ask } from "../shared/json.js";
import { Operator } from "../shared/operator.js";
import { make, possible, show } from "../shared/passkey.js";

const KEPT = "handfast-desk";
const KEPT_SITE = "handfast-desk-site";
const FIRST = ["administrator", "owner", "enroller", "checker"]; // of who sets the desk up

/** Who works here: {operator} at a desk, or {token} of an administrator. */
export async function signIn(page) {
  const link = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  if (link.startsWith("join=")) return { operator: await joined(page, link.slice(5)) };
  if (link) return possible() ? { operator: await begun(page, link) } : { token: kept(await claimed(page, link)) };
  const token = sessionStorage.getItem(KEPT);
  if (token) return { token };
  const desk = possible() && await ask("/v1/desk").catch((error) => error.code);
  if (desk?.csrf) return { operator: new Operator(page, desk) };
  return possible() ? shown(page) : { token: kept(await typed(page)) };
}

function kept(token) {
  sessionStorage.setItem(KEPT, token);
  return token;
}

/** The one-time link becomes an administrator with a passkey. */
async function begun(page, link) {
  await page.ask("desk-claim", (open) => [
    h("div", { class: "sign" }, icon("desk")),
    h("h1", { class: "say", tabindex: "-1" }, page.word("desk-claim-line")),
    h("div", { class: "foot" }, button("claim", page.word("desk-claim"), open, { kind: "go large" })),
  ]);
  try {
    const { token } = await ask("/v1/admin/claim", { method: "POST", body: { token: link } });
    const rights = FIRST.map((role) => ({ role }));
    const made = await ask("/v1/operators", { method: "POST", token, body: { name: page.word("desk-role-administrator"), rights } });
    return await joined(page, made.link.split("#join=")[1]);
  } catch {
    return (await shown(page, "desk-wrong")).operator;
  }
}

/** Somebody who was invited makes their passkey. */
async function joined(page, invitation) {
  const opened = await page.ask("desk-join", (choose) => {
    const problem = wrong(page, "desk-join-gone");
    return [
      h("div", { class: "sign" }, icon("pin")),
      h("h1", { tabindex: "-1", class: "centre" }, page.word("desk-join-line")),
      siteField(page), problem,
      h("div", { class: "foot" }, button("join", page.word("desk-join"), async () => {
        try {
          const options = await ask("/v1/desk/join/options", { method: "POST", body: { invitation } });
          choose(await ask("/v1/desk/join", { method: "POST", body: { invitation, credential: await make(options), site: site() } }));
        } catch { problem.hidden = false; }
      }, { kind: "go large" })),
    ];
  });
  if (opened.recovery_codes.length) await codes(page, opened.recovery_codes);
  return new Operator(page, opened.desk);
}

function codes(page, list) {
  return page.ask("desk-codes", (on) => [
    h("h1", { tabindex: "-1" }, page.word("desk-codes")),
    h("p", { class: "say" }, page.word("desk-codes-line")),
    h("ol", { class: "sheet mono codes", dir: "ltr" }, list.map((code) => h("li", {}, code))),
    h("div", { class: "foot" }, button("written", page.word("desk-written"), on, { kind: "go large" })),
  ]);
}

function shown(page, first = null) {
  return page.ask("desk-sign-in", (choose) => {
    const problem = wrong(page, first ?? "desk-passkey-wrong", first);
    return [
      h("div", { class: "sign" }, icon("desk")),
      h("h1", { tabindex: "-1", class: "centre" }, page.word("desk-title")),
      h("p", { class: "say centre" }, page.word("desk-passkey-line")),
      siteField(page), problem,
      h("div", { class: "foot" },
        button("passkey", page.word("desk-passkey"), async () => {
          try {
            const { desk } = await ask("/v1/desk/sign-in", { method: "POST", body: { credential: await show("sign-in"), site: site() } });
            choose({ operator: new Operator(page, desk) });
          } catch { problem.hidden = false; }
        }, { kind: "go large" }),
        button("use-key", page.word("desk-use-key"), async () => choose({ token: kept(await typed(page)) }), { kind: "quiet" })),
    ];
  });
}

function siteField(page) {
  return h("label", { class: "field" }, page.word("desk-site"),
    h("input", { maxlength: 60, autocomplete: "off", value: localStorage.getItem(KEPT_SITE) ?? "", data: { field: "site" }, on: { input: (event) => localStorage.setItem(KEPT_SITE, event.target.value) } }));
}

const site = () => localStorage.getItem(KEPT_SITE)?.trim() || null;

function wrong(page, word, visible = false) {
  return h("p", { class: "notice", role: "alert", hidden: !visible }, icon("question"), h("span", {}, page.word(word)));
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

async function typed(page, bad = false) {
  const token = await page.ask("desk-sign-in", (open) => {
    const form = h("form", { class: "sheet", on: { submit: (event) => { event.preventDefault(); open(new FormData(form).get("key").trim()); } } },
      h("label", { class: "field" }, page.word("desk-key"), h("input", { name: "key", type: "password", required: true, dir: "ltr", autocomplete: "off", data: { field: "key" } })),
      h("button", { class: "button go large", data: { action: "open" } }, page.word("desk-claim")));
    return [
      h("h1", { tabindex: "-1" }, page.word("desk-title")),
      bad ? wrong(page, "desk-wrong", true) : h("p", { class: "say" }, page.word("desk-key-line")),
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
