/** Help at the desk: what goes wrong in a life. Most of it takes two people and a document, none of it a machine's yes. */

import { button, h, icon } from "../shared/dom.js";
import { save } from "../shared/json.js";
import { when } from "../shared/language.js";
import { runSession } from "./session.js";

/** path: where it is asked for; act: what the second person says yes to; checks: not in a study, which has no templates. */
const KINDS = {
  card: { glyph: "card", path: "card", act: "lost-card" },
  reference: { glyph: "receipt", path: "reference", act: "correct", right: true },
  retake: { glyph: "fingers", path: "retake", act: "retake", session: "enrol", checks: true },
  page: { glyph: "fold", path: "page", session: "check", byCard: true, checks: true },
  pause: { glyph: "pause", byCard: true },
  withdraw: { glyph: "stop", path: "withdraw", act: "withdraw" },
  death: { glyph: "people", path: "death", act: "withdraw" },
};

/** Until the operator goes back to the list. */
export async function helpAt(desk, programme) {
  for (;;) {
    const kind = await chosen(desk.page, programme);
    if (!kind) return;
    const told = await asked(desk, programme, kind);
    if (!told) continue;
    if (KINDS[kind].session) await runSession(desk, programme, { kind: KINDS[kind].session, reference: "", once: true, help: kind, ...told });
    else await done(desk.page, kind, told);
  }
}

function chosen(page, programme) {
  return page.ask("desk-help", (choose) => [
    h("div", {}, h("h1", { tabindex: "-1" }, page.word("desk-help")), h("p", { class: "small", dir: "auto" }, programme.name)),
    h("div", { class: "choices" }, Object.entries(KINDS).filter(([, { checks }]) => !(checks && programme.study_ends_on)).map(([kind, { glyph }]) =>
      h("button", { type: "button", class: "sheet case", data: { action: `help-${kind}` }, on: { click: () => choose(kind) } },
        icon(glyph), h("span", {}, h("b", {}, page.word(`desk-help-${kind}`)), h("small", {}, page.word(`desk-help-${kind}-line`)))))),
    h("div", { class: "foot" }, button("back", page.word("back"), () => choose(null), { kind: "quiet" })),
  ]);
}

/** Resolves with the server's answer, or null if the operator went back. */
function asked(desk, programme, kind) {
  const { page } = desk;
  const { act, right, byCard, glyph } = KINDS[kind];
  return page.ask(`desk-help-${kind}`, (choose) => {
    const problem = h("p", { class: "notice", role: "alert", hidden: true }, icon("question"), h("span", {}));
    const form = h("form", { class: "sheet", autocomplete: "off", on: { submit: async (event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        choose(await send(desk, programme, kind, new FormData(form)));
      } catch (error) {
        problem.lastChild.textContent = wrong(page, error);
        problem.hidden = false;
      }
    } } },
    kind !== "pause" && field(page, "desk-reference", "reference", { required: !byCard }),
    byCard && field(page, kind === "pause" ? "card-number" : "desk-card", "card", { required: kind === "pause", dir: "ltr", inputmode: "numeric", maxlength: 200 }),
    right && field(page, "desk-right-reference", "right", { required: true }),
    act && field(page, "desk-document", "document", { required: true }),
    problem,
    h("button", { class: "button go large", data: { action: "ask" } }, act && icon("people"), h("span", {}, page.word(act ? "desk-witness" : kind === "page" ? "desk-start" : "me-freeze"))));
    return [
      h("div", { class: "with-icon" }, icon(glyph), h("h1", { tabindex: "-1" }, page.word(`desk-help-${kind}`))),
      h("p", { class: "say" }, page.word(`desk-help-${kind}-line`)),
      form,
      button("back", page.word("back"), () => choose(null), { kind: "quiet" }),
    ];
  });
}

async function send(desk, programme, kind, said) {
  const { path, act, right, session } = KINDS[kind];
  const word = (name) => said.get(name)?.trim() || undefined;
  if (kind === "pause") return desk.ask("/v1/me/freeze-by-card", { method: "POST", body: { card: word("card") } });
  const body = { programme: programme.id };
  if (act) Object.assign(body, { reference: word("reference"), document: word("document"), approval: await desk.operator.second(act, programme.id) });
  else Object.assign(body, word("card") ? { card: word("card") } : { reference: word("reference") });
  if (right) body.right = word("right");
  const headers = session ? { "Idempotency-Key": crypto.randomUUID() } : {};
  return desk.ask(`/v1/help/${path}`, { method: "POST", body, headers });
}

/** A passkey that was not shown, or was the first person's own; else what the server says. */
function wrong(page, error) {
  if (error instanceof DOMException || error.code === "second-person-needed") return page.word("desk-second-wrong");
  if (error.code === "not-a-card") return page.word("me-card-wrong");
  if (error.code === "not-found") return page.word("desk-help-nobody");
  return error.code === "unreachable" ? page.word("me-unreachable") : error.message;
}

function done(page, kind, told) {
  return page.ask("desk-help-done", (on) => [
    h("div", { class: "sign" }, icon(kind === "pause" ? "pause" : "good")),
    h("h1", { class: "say centre", tabindex: "-1", data: { done: kind } }, told.final_at
      ? page.word("desk-help-leaving", { when: when(told.final_at, page.pack.code, { time: true }) })
      : page.word(`desk-help-done-${kind === "death" ? "withdraw" : kind}`)),
    told.qr_svg && newCard(page, told),
    told.key_copies_end_on && h("p", { class: "centre" }, page.word("me-copies", { when: when(told.key_copies_end_on, page.pack.code) })),
    h("div", { class: "foot" },
      told.schema_version && button("statement", page.word("me-statement"), () => save("handfast-statement.json", told), { kind: "large", glyph: "receipt" }),
      told.qr_svg && button("print", page.word("print"), () => window.print(), { kind: "large" }),
      button("go-on", page.word("go-on"), on, { kind: "go large" })),
  ]);
}

function newCard(page, { qr_svg: svg, number }) {
  return h("figure", { class: "sheet waiting", data: { print: "card" } },
    h("img", { class: "qr", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`, alt: page.word("your-card") }),
    h("p", { class: "number" }, h("span", { class: "small" }, page.word("card-number")), h("b", { dir: "ltr", data: { fact: "card" } }, number)));
}

function field(page, key, name, more) {
  return h("label", { class: "field" }, page.word(key), h("input", { name, maxlength: 200, autocomplete: "off", data: { field: name }, ...more }));
}
