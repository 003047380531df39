/** The front door: what this is, and where to go. */

import { h, icon } from "./dom.js";
import { Page } from "./page.js";

const page = new Page();
await page.start();
page.show("home", () => [
  h("div", { class: "hero" }, icon("mark"), h("h1", {}, "Handfast"), h("p", { class: "say" }, page.word("home-line"))),
  tile("/me", "fold", "home-me", "home-me-line"),
  tile("/desk", "desk", "home-desk", "home-desk-line"),
  tile("/docs", "steps", "home-docs", "home-docs-line"),
]);

function tile(href, glyph, title, line) {
  return h("a", { class: "tile sheet", href }, icon(glyph), h("span", {}, h("b", {}, page.word(title)), h("small", {}, page.word(line))));
}
