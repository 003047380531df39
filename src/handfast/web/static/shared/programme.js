/** What anyone may know of a programme, the way without a camera included. */

import { h } from "./dom.js";
import { ask } from "./json.js";
import { days, when } from "./language.js";
import { Page } from "./page.js";

const page = new Page();
await page.start();
const id = location.pathname.split("/").pop();
const programme = await ask(`/v1/programmes/${encodeURIComponent(id)}/public`).catch(() => null);
const study = programme?.study_ends_on ?? null;
page.show("programme", () => (programme ? facts() : h("p", { class: "say" }, page.word("programme-missing"))));

function facts() {
  return [
    h("h1", { tabindex: "-1", dir: "auto" }, programme.name),
    programme.trial && !study && h("p", { class: "badge" }, page.word("programme-trial")),
    h("dl", { class: "sheet" },
      fact("programme-purpose", study ? h("ul", {}, [programme.purpose, page.pack.study.cards[1]].map((sentence) => h("li", {}, sentence))) : programme.purpose),
      fact("programme-sees", programme.who_sees),
      fact("programme-kept", h("ul", {}, kept().map((sentence) => h("li", {}, sentence)))),
      fact("programme-legal", programme.legal_basis),
      programme.sites.length > 0 && fact("programme-sites", programme.sites.join(" · ")),
      !study && fact("programme-rates", h("ul", {}, rates(programme.policy).map((sentence) => h("li", {}, sentence)))),
      fact("programme-other", h("ol", {}, programme.another_way.map((step) => h("li", { dir: "auto" }, step))))),
  ];
}

function kept() {
  const span = (count) => days(count, page.pack.code);
  return [
    study ? page.word("me-until", { when: when(study, page.pack.code) }) : span(programme.retention_days),
    programme.inactivity_days && page.word("programme-idle", { days: span(programme.inactivity_days) }),
    page.word("agree-copies", { days: span(programme.key_copies_days) }),
    programme.undo_hours > 0 && page.word("agree-undo", { hours: programme.undo_hours }),
  ].filter(Boolean);
}

function rates(policy) {
  const count = (number) => new Intl.NumberFormat(page.pack.code).format(number);
  return [
    page.word("policy-strangers", { n: count(policy.strangers), tries: count(policy.tries) }),
    page.word("policy-attack"),
    page.word("policy-again", { n: count(policy.again) }),
    page.word("policy-refused", { n: count(policy.refused) }),
    page.word("policy-decides", { who: policy.who_decides }),
    page.word(policy.counted ? "policy-counted" : "policy-not-counted"),
    checked(),
  ];
}

function checked() {
  const { gate } = programme;
  if (!gate) return page.word("policy-unchecked");
  const values = { people: new Intl.NumberFormat(page.pack.code).format(gate.people), day: when(gate.day, page.pack.code), who: gate.owner };
  return page.word(gate.evidence ? "policy-checked" : "policy-no-evidence", values);
}

function fact(key, value) {
  return h("div", {}, h("dt", {}, page.word(key)), h("dd", { dir: typeof value === "string" && "auto" }, value));
}
