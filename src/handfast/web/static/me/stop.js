/** Third tile: stop. Pausing can be taken back; ending asks once, then destroys and hands over a signed statement. */

import { button, h, icon } from "../shared/dom.js";
import { save } from "../shared/json.js";
import { when } from "../shared/language.js";
import { lostCard } from "./card.js";
import { listen } from "./say.js";

export function stopTile(page, { state, final_at: final, undo_hours: undo }, { freeze, withdraw, replace }) {
  const frozen = state === "frozen";
  const sure = h("div", { class: "sure", hidden: true },
    h("p", { class: "say" }, undo ? page.word("me-withdraw-undo", { hours: undo }) : page.word("me-withdraw-sure")),
    h("div", { class: "pair" },
      button("withdraw-no", page.word("me-withdraw-no"), () => { sure.hidden = true; }),
      button("withdraw-yes", page.word("me-withdraw-yes"), (event) => { event.currentTarget.disabled = true; withdraw(); })));
  const tile = h("details", { class: "tile sheet no-print", data: { tile: "stop" } },
    h("summary", {}, icon("stop"), h("span", {}, h("b", {}, page.word("me-stop")), h("small", {}, page.word("me-stop-line")))),
    listen(page, "me-stop", () => tile),
    state === "withdrawn" ? null : [
      h("p", {}, page.word("me-freeze-line")),
      button(frozen ? "unfreeze" : "freeze", page.word(frozen ? "me-unfreeze" : "me-freeze"), () => freeze(!frozen), { glyph: frozen ? "good" : "pause" }),
      h("hr", {}),
      lostCard(page, replace),
      final ? null : [h("hr", {}), h("p", {}, page.word("me-withdraw-line")), button("withdraw", page.word("me-withdraw"), () => { sure.hidden = false; sure.querySelector("button").focus(); }, { glyph: "stop" }), sure],
    ]);
  return tile;
}

/** The end: the statement is all that is left. */
export function withdrawn(page, statement) {
  page.show("me-withdrawn", () => [
    h("div", { class: "sign" }, icon("good")),
    h("h1", { class: "say", tabindex: "-1" }, statement.final_at ? page.word("me-leaving", { when: when(statement.final_at, page.pack.code, { time: true }) }) : page.word("me-withdrawn")),
    statement.key_copies_end_on && h("p", { class: "centre", data: { fact: "copies" } }, page.word("me-copies", { when: when(statement.key_copies_end_on, page.pack.code) })),
    h("div", { class: "foot" }, button("statement", page.word("me-statement"), () => save("handfast-statement.json", statement), { kind: "go large" })),
  ]);
}
