/** Where this operator is signed in, and signing out of other desks; the passkey is asked for again. */

import { button, h, icon } from "../shared/dom.js";
import { when } from "../shared/language.js";

/** Until the operator goes back. */
export async function ownDesks(desk) {
  for (;;) {
    const desks = await desk.ask("/v1/desk/desks");
    const path = await list(desk.page, desks);
    if (!path) return;
    await desk.ask(path, { method: "DELETE" }).catch(() => {}); // whoever lets the passkey be sees the same list
  }
}

function list(page, desks) {
  const others = desks.filter(({ here }) => !here);
  return page.ask("desk-own", (choose) => [
    h("h1", { tabindex: "-1" }, page.word("desk-own")),
    h("ul", { class: "sheet colleagues" }, desks.map(({ id, site, here, locked, started_at: since }) => h("li", { class: "own", data: { desk: id, here } },
      h("span", {}, h("b", { dir: "auto", id }, site), h("small", {}, page.word("desk-own-since", { when: when(since, page.pack.code, { time: true }) }))),
      here ? h("span", { class: "small" }, page.word("desk-own-here"))
        : button("end-desk", page.word("desk-own-end"), () => choose(`/v1/desk/desks/${id}`), { "aria-describedby": id }),
      locked && h("span", { class: "small with-icon" }, icon("pin"), h("span", {}, page.word("desk-locked")))))),
    h("p", { class: "small" }, page.word("desk-own-others-line")),
    h("div", { class: "foot" },
      button("end-others", page.word("desk-own-others"), () => choose("/v1/desk/desks"), { kind: others.length ? "large" : "plain" }),
      button("back", page.word("back"), () => choose(null), { kind: "quiet" })),
  ]);
}
