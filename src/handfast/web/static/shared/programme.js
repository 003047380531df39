/** What anyone may know of a programme, the way without a camera included. */

import { h } from "./dom.js";
import { ask } from "./json.js";
import { days } from "./language.js";
import { Page } from "./page.js";

const page = new Page();
await page.start();
const id = location.pathname.split("/").pop();
const programme = await ask(`/v1/programmes/${encodeURIComponent(id)}/public`).catch(() => null);
page.show("programme", () => (programme ? facts() : h("p", { class: "say" }, page.word("programme-missing"))));

function facts() {
  return [
    h("h1", { tabindex: "-1", dir: "auto" }, programme.name),
    programme.trial && h("p", { class: "badge" }, page.word("programme-trial")),
    h("dl", { class: "sheet" },
      fact("programme-purpose", programme.purpose),
      fact("programme-sees", programme.who_sees),
      fact("programme-kept", days(programme.retention_days, page.pack.code)),
      fact("programme-other", h("ol", {}, programme.another_way.map((step) => h("li", { dir: "auto" }, step))))),
  ];
}

function fact(key, value) {
  return h("div", {}, h("dt", {}, page.word(key)), h("dd", { dir: "auto" }, value));
}
