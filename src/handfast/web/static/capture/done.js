/** The end: nothing of the person stays on this screen. */

import { h, icon } from "../shared/dom.js";

export function done(app) {
  const { page, voice } = app;
  document.querySelector("footer").replaceChildren();
  page.show("done", () => [
    h("div", { class: "sign" }, icon("good")),
    h("h1", { class: "say", tabindex: "-1" }, page.prompt("done")),
  ]);
  voice.say("done", page.prompt("done"));
}
