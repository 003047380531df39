/** One person at the desk: a code for the phone, what is going on, the outcome and the one next step. */

import { button, h, icon, sleep } from "../shared/dom.js";

const LOOK = 900; // ms between two looks at the session
const SIGNS = { accepted: "thanks", found: "thanks", not_found: "help", enrolled: "thanks", retaken: "thanks", referred: "help", not_accepted: "help", not_captured: "way", declined: "way", expired: "clock", abandoned: "clock" };
const KEPT_MODE = "handfast-desk-mode";

/** Asks who it is; resolves with the opened session, or null if the operator went back. */
export function newSession(desk, programme, { kind, reference = "" }) {
  const { page } = desk;
  return page.ask("desk-person", (choose) => {
    const mode = localStorage.getItem(KEPT_MODE) ?? "self";
    const problem = h("p", { class: "notice", role: "alert", hidden: true }, icon("question"), h("span", {}));
    const form = h("form", { class: "sheet", on: { submit: async (event) => {
      event.preventDefault();
      try {
        choose({ kind, programme: programme.id, ...told(form), ...await open(desk, programme, kind, form) });
      } catch (error) {
        problem.lastChild.textContent = error.code === "unreachable" ? page.word("me-unreachable") : error.message;
        problem.hidden = false;
      }
    } } },
    kind === "find" && h("p", { class: "small" }, page.word("desk-find-note")),
    kind === "find" && h("label", { class: "field" }, page.word("desk-reason"), h("input", { name: "reason", required: true, minlength: 8, maxlength: 200, autocomplete: "off", data: { field: "reason" } })),
    kind !== "find" && h("label", { class: "field" }, page.word("desk-reference"), h("input", { name: "reference", required: kind === "enrol", maxlength: 200, value: reference, autocomplete: "off", data: { field: "reference" } })),
    kind === "check" && h("label", { class: "field" }, page.word("desk-card"), h("input", { name: "card", maxlength: 500, autocomplete: "off", dir: "ltr", data: { field: "card" } })),
    kind !== "find" && h("fieldset", { class: "mode" }, h("legend", {}, page.word("desk-mode")),
      ["self", "attended"].map((who) => h("label", {}, h("input", { type: "radio", name: "mode", value: who, checked: who === mode }), h("span", {}, page.word(`desk-mode-${who}`))))),
    problem,
    h("button", { class: "button go large", data: { action: "start" } }, page.word("desk-start")));
    return [
      h("div", {}, h("h1", { tabindex: "-1" }, page.word(programme.study_ends_on ? "desk-sit" : `desk-${kind}`)), h("p", { class: "small", dir: "auto" }, programme.name)),
      form,
      button("back", page.word("back"), () => choose(null), { kind: "quiet" }),
    ];
  });
}

/** Shows the code, follows the session, tells the outcome; resolves with what comes next, or null for the list. */
export async function runSession(desk, programme, opened) {
  const { page } = desk;
  let seen = { state: "welcome", outcome: null, another_way: programme.another_way };
  let over = false;
  const next = page.ask("desk-session", (choose) => [waitingFor(page, opened, seen), ...endOf(desk, opened, seen, choose, Boolean(programme.study_ends_on))].filter(Boolean));
  const follow = async () => {
    while (!over && !isOver(seen)) {
      await sleep(LOOK);
      const now = await desk.ask(`/v1/sessions/${opened.id}`).catch(() => null);
      document.body.dataset.line = now ? "" : "lost";
      if (now && now.state !== seen.state && !over) { seen = now; page.render(); }
      document.body.dataset.state = seen.state;
      if (seen.outcome) document.body.dataset.outcome = seen.outcome.outcome;
    }
  };
  delete document.body.dataset.outcome;
  follow();
  const chosen = await next;
  over = true;
  return chosen;
}

function waitingFor(page, opened, { state }) {
  if (isOver({ state })) return null;
  return h("div", { class: "waiting" },
    h("h1", { tabindex: "-1" }, page.word("desk-scan")),
    state === "welcome" && h("img", { class: "qr", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(opened.qr_svg)}`, alt: page.word("desk-scan") }),
    state === "welcome" && h("a", { class: "small", href: opened.link, target: "_blank", rel: "noopener", data: { action: "open-link" } }, page.word("desk-or-link")),
    h("p", { class: "say live", role: "status" }, page.word(`desk-state-${state}`)),
    h("p", { class: "small lost" }, page.word("desk-unreachable")));
}

/** The outcome, the one next step, and the programme's other way where it is needed. */
function endOf(desk, opened, { state, outcome, another_way: ways, case: told }, choose, study) {
  const { page } = desk;
  if (!isOver({ state })) return [button("back", page.word("back"), () => choose(null), { kind: "quiet" })];
  const word = outcome?.outcome ?? (state === "finished" ? "declined" : state);
  const sat = study && word === "enrolled";
  const key = sat ? "desk-sat" : `desk-${word}` in page.pack.words ? `desk-${word}` : `desk-state-${state}`;
  const well = ["accepted", "found", "enrolled", "retaken"].includes(word);
  const next = sat ? "desk-sat-next" : opened.help === "page" && word === "accepted" ? "desk-page-open" : `desk-${state === "abandoned" ? "expired" : word}-next`;
  const once = word === "not_captured" || state !== "finished";
  return [
    h("div", { class: "sign" }, icon(SIGNS[word] ?? "clock")),
    h("h1", { tabindex: "-1", class: "centre" }, page.word(key)),
    h("p", { class: "say centre", data: { next: word } }, page.word(next)),
    told && h("p", { class: "small centre" }, page.word("desk-case-code", { code: told.code })),
    !well && h("ol", { class: "ways sheet" }, ways.map((step) => h("li", { dir: "auto" }, step))),
    outcome?.trial && h("p", { class: "small centre" }, page.word("trial")),
    word === "enrolled" && !study && desk.operator && witness(desk, opened),
    h("div", { class: "foot" },
      once && !opened.once && button("again", page.word("desk-again"), () => choose({ kind: opened.kind, reference: opened.reference }), { glyph: "again" }),
      !opened.once && button("next-person", page.word("desk-next-person"), () => choose({ kind: opened.kind }), { kind: "go large" }),
      button("back", page.word(opened.once ? "go-on" : "desk-programmes"), () => choose(null), { kind: opened.once ? "go large" : "quiet" })),
  ];
}

/** A colleague who was there shows their passkey at this desk; the enrolment then counts at once. */
function witness({ page, operator, ask }, { id, programme }) {
  const line = h("p", { class: "small", role: "status" }, page.word("desk-witness-line"));
  const press = button("witness", page.word("desk-witness"), async () => {
    try {
      const approval = await operator.second("witness", programme);
      await ask(`/v1/sessions/${id}/witness`, { method: "POST", body: { approval } });
      line.textContent = page.word("desk-witnessed");
      document.body.dataset.witnessed = "yes";
      press.remove();
    } catch { line.textContent = page.word("desk-second-wrong"); }
  }, { glyph: "people" });
  return h("div", { class: "sheet" }, line, press);
}

const isOver = ({ state }) => ["finished", "expired", "abandoned"].includes(state);

function told(form) {
  return { reference: new FormData(form).get("reference")?.trim() ?? "" };
}

function open(desk, programme, kind, form) {
  const said = new FormData(form);
  const [reference, card] = ["reference", "card"].map((name) => said.get(name)?.trim() || undefined);
  const mode = kind === "find" ? "attended" : said.get("mode");
  if (kind !== "find") localStorage.setItem(KEPT_MODE, mode);
  const who = kind === "find" ? { reason: said.get("reason").trim() } : card ? { card } : { reference };
  return desk.ask("/v1/sessions", {
    method: "POST",
    body: { kind, programme: programme.id, mode, language: desk.page.pack.code, ...who },
    headers: { "Idempotency-Key": crypto.randomUUID() },
  });
}
