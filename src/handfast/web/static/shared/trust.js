/** Hands over the site's own authority, with the steps for this kind of phone first. */

import { h, icon } from "./dom.js";
import { ask } from "./json.js";
import { Page } from "./page.js";

const KINDS = { android: /android/i, iphone: /iphone|ipad|macintosh.*mobile/i, computer: /./ };
const FILES = { android: "handfast.crt", iphone: "handfast.mobileconfig", computer: "handfast.crt" };

const page = new Page();
await page.start();
const facts = await ask("/start/facts").catch(() => ({ fingerprint: "", secure_url: "/" }));
const mine = Object.keys(KINDS).find((kind) => KINDS[kind].test(navigator.userAgent));
page.show("trust", () => [
  h("h1", { tabindex: "-1" }, page.word("trust-title")),
  h("p", { class: "say" }, page.word("trust-line")),
  [mine, ...Object.keys(KINDS).filter((kind) => kind !== mine)].map(steps),
  h("p", { class: "small" }, page.word("trust-only")),
  facts.fingerprint && h("div", {}, h("p", { class: "small" }, page.word("trust-fingerprint")), h("p", { class: "print", dir: "ltr", data: { fact: "fingerprint" } }, facts.fingerprint)),
  h("div", { class: "foot" }, h("a", { class: "button large", href: facts.secure_url, data: { action: "go-on" } }, page.word("trust-done"))),
]);

function steps(kind) {
  return h("details", { class: "sheet", open: kind === mine, data: { kind } },
    h("summary", {}, page.word(`trust-${kind}`)),
    h("a", { class: "button go", href: `/start/${FILES[kind]}`, data: { action: `certificate-${kind}` } }, icon("pin"), h("span", {}, page.word("trust-get"))),
    h("ol", { class: "steps" }, page.word(`trust-${kind}-steps`).split("|").map((step) => h("li", {}, step))));
}
