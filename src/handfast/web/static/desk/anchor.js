/** The log's newest checkpoint as a code on the desk: whoever photographs it holds an anchor. */

import { button, h, sleep } from "../shared/dom.js";
import { ask, save } from "../shared/json.js";

const FRESH = 30000; // ms until the newest is shown again

/** Until the operator goes back. */
export async function showAnchor({ page }) {
  let over = false;
  let anchor = await ask("/v1/log/anchor");
  const gone = page.ask("desk-anchor", (choose) => [
    h("h1", { tabindex: "-1", class: "centre" }, page.word("desk-anchor")),
    h("p", { class: "say centre" }, page.word("desk-anchor-line")),
    h("div", { class: "waiting" }, h("img", { class: "qr anchor", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(anchor.qr_svg)}`, alt: page.word("desk-anchor") }),
      h("p", { class: "small", data: { fact: "entries" } }, page.word("desk-anchor-entries", { number: new Intl.NumberFormat(page.pack.code).format(anchor.checkpoint.split("\n")[1]) }))),
    h("div", { class: "foot" },
      button("save", page.word("save"), () => save("handfast-anchor.json", { checkpoint: anchor.checkpoint, log_key: anchor.log_key })),
      button("back", page.word("back"), choose, { kind: "quiet" })),
  ]).then(() => { over = true; });
  follow();
  await gone;

  async function follow() {
    while (!over) {
      await sleep(FRESH);
      const newest = await ask("/v1/log/anchor").catch(() => anchor);
      if (over || newest.checkpoint === anchor.checkpoint) continue;
      anchor = newest;
      page.render();
    }
  }
}
