/** Third tile: stop. Pausing can be taken back; ending asks once, then destroys and hands over a signed statement. */

import { button, h, icon } from "../shared/dom.js";
import { save } from "../shared/json.js";

export function stopTile(page, { state }, { freeze, withdraw }) {
  const frozen = state === "frozen";
  const sure = h("div", { class: "sure", hidden: true },
    h("p", { class: "say" }, page.word("me-withdraw-sure")),
    h("div", { class: "pair" },
      button("withdraw-no", page.word("me-withdraw-no"), () => { sure.hidden = true; }),
      button("withdraw-yes", page.word("me-withdraw-yes"), (event) => { event.currentTarget.disabled = true; withdraw(); })));
  return h("details", { class: "tile sheet no-print", data: { tile: "stop" } },
    h("summary", {}, icon("stop"), h("span", {}, h("b", {}, page.word("me-stop")), h("small", {}, page.word("me-stop-line")))),
    state === "withdrawn" ? null : [
      h("p", {}, page.word("me-freeze-line")),
      button(frozen ? "unfreeze" : "freeze", page.word(frozen ? "me-unfreeze" : "me-freeze"), () => freeze(!frozen), { glyph: frozen ? "good" : "pause" }),
      h("hr", {}),
      h("p", {}, page.word("me-withdraw-line")),
      button("withdraw", page.word("me-withdraw"), () => { sure.hidden = false; sure.querySelector("button").focus(); }, { glyph: "stop" }),
      sure,
    ]);
}

/** The end: the statement is all that is left. */
export function withdrawn(page, statement) {
  page.show("me-withdrawn", () => [
    h("div", { class: "sign" }, icon("good")),
    h("h1", { class: "say", tabindex: "-1" }, page.word("me-withdrawn")),
    h("div", { class: "foot" }, button("statement", page.word("me-statement"), () => save("handfast-statement.json", statement), { kind: "go large" })),
  ]);
}
