/** My page: what is held, what was done, and how to stop. Opened by the private code and its PIN. */

import { button, h, icon } from "../shared/dom.js";
import { Problem, ask, save } from "../shared/json.js";
import { Page } from "../shared/page.js";
import { doneTile } from "./done.js";
import { onlyCard } from "./card.js";
import { heldTile } from "./held.js";
import { leaving, renewPart } from "./renew.js";
import { listen } from "./say.js";
import { Voice } from "../capture/voice.js";
import { stopTile, withdrawn } from "./stop.js";

const WRONG = { "not-authorised": "me-wrong", "not-found": "me-wrong", "bad-request": "me-wrong", "too-many-tries": "me-many" };

const voice = new Voice();
const page = new Page({ extra: [() => voice.button(page)] });
[page.voice, voice.pack] = [voice, () => page.pack];
const code = decodeURIComponent(location.hash.slice(1));
history.replaceState(null, "", location.pathname);
addEventListener("hashchange", () => location.reload());
await page.start();
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((tile) => { tile.open = true; }));
const token = code.startsWith("open=") ? code.slice(5) : await opened(code);
await show();

/** Asks for code and PIN until they fit; gives the token of the open page. */
function opened(first) {
  return page.ask("me-open", (open) => {
    const problem = h("p", { class: "notice", role: "alert", hidden: true }, icon("again"), h("span", {}));
    const form = h("form", { class: "sheet", autocomplete: "off", on: { submit: async (event) => {
      event.preventDefault();
      const go = form.querySelector("[data-action=open]");
      go.disabled = true;
      try {
        const said = new FormData(form);
        open((await ask("/v1/me/open", { method: "POST", body: { private_code: said.get("code").trim(), pin: said.get("pin") } })).token);
      } catch (error) {
        problem.lastChild.textContent = page.word(WRONG[error.code] ?? "me-unreachable");
        problem.hidden = false;
        go.disabled = false;
      }
    } } },
    h("label", { class: "field" }, page.word("me-code"), h("input", { name: "code", required: true, autocapitalize: "characters", spellcheck: "false", dir: "ltr", class: "mono", value: first, data: { field: "code" } })),
    h("label", { class: "field" }, page.word("me-pin"), h("input", { name: "pin", type: "password", inputmode: "numeric", required: true, dir: "ltr", data: { field: "pin" } })),
    problem,
    h("button", { class: "button go large", data: { action: "open" } }, page.word("me-open")));
    return [
      h("h1", { tabindex: "-1" }, page.word("me-title")),
      h("p", { class: "say" }, page.word("me-open-line")),
      listen(page, "me-open"),
      form,
      onlyCard(page),
    ];
  });
}

async function show() {
  const mine = await asked("/v1/me");
  await page.inStudy(mine.study_ends_on !== null);
  page.show("me", () => {
    document.body.dataset.state = mine.state;
    return [
      h("div", { class: "who" }, h("h1", { tabindex: "-1", dir: "auto" }, mine.programme_name), h("p", { class: "state", data: { state: mine.state } }, page.word(`me-state-${mine.state}`))),
      leaving(page, mine, () => freeze(false)),
      heldTile(page, mine, renewPart(page, mine, renew)),
      doneTile(page, mine, (words) => sent("/v1/me/object", { words })),
      stopTile(page, mine, { freeze, withdraw, replace: () => sent("/v1/me/card", {}) }),
      mine.listed && h("div", { class: "pair no-print" },
        button("receipt", page.word("me-receipt"), () => fetched("/v1/me/receipt", "handfast-receipt.json"), { glyph: "receipt" }),
        button("print", page.word("me-print"), () => print(), {})),
      mine.listed && button("download", page.word("me-download"), () => fetched("/v1/me/download", "handfast-everything.json"), { kind: "plain no-print" }),
      button("close", page.word("me-close"), () => location.assign("/me"), { kind: "quiet" }),
    ];
  });
}

async function fetched(path, name) {
  save(name, await asked(path));
}

function sent(path, body) {
  return asked(path, { method: "POST", body });
}

async function freeze(frozen) {
  await sent("/v1/me/freeze", { frozen });
  await show();
}

async function renew(act, language) {
  if (act) await sent("/v1/me/renew", { language, act });
  await show();
}

async function withdraw() {
  withdrawn(page, await sent("/v1/me/withdraw", {}));
}

/** As the person whose page is open; when its time is over, the page asks for code and PIN again. */
async function asked(path, options = {}) {
  try {
    return await ask(path, { ...options, token });
  } catch (error) {
    if (error instanceof Problem) location.reload();
    throw error;
  }
}
