/** When something is in the way: one calm message, one thing to do, over whatever was on the screen. */

import { button, h, icon } from "../shared/dom.js";

const ENDINGS = {
  "session-unknown": "link-ended",
  "session-expired": "link-ended",
  "session-spent": "link-ended",
  "not-authorised": "link-ended",
  "frame-refused": "link-ended",
};

export class Problems {
  #behind = null;
  #trouble = null;

  constructor(page, voice) {
    this.page = page;
    this.voice = voice;
    this.place = document.querySelector("#problem");
  }

  /** Shows a problem with its ways on, [{action, label, kind}], and waits for the person's choice among them. */
  ask(kind, ways) {
    this.#trouble = null;
    return new Promise((choose) => {
      this.#show(kind, ways.map(({ action, label, glyph = null, kind: look = "plain" }) =>
        button(action, this.page.word(label), () => { this.hide(); choose(action); }, { kind: look, glyph })));
    });
  }

  /** The connection: told by itself, gone by itself. */
  trouble(kind) {
    if (kind === this.#trouble || (this.#behind && !this.#trouble)) return;
    this.#trouble = kind;
    if (kind) this.#show(kind, [h("div", { class: "trying", role: "presentation" })]);
    else this.hide();
  }

  /** The session cannot go on. */
  end(code) {
    this.#trouble = null;
    this.#show(ENDINGS[code] ?? "server-gone", []);
  }

  hide() {
    if (!this.#behind) return;
    document.body.dataset.screen = this.#behind;
    delete document.body.dataset.problem;
    this.#behind = null;
    this.#trouble = null;
    this.place.hidden = true;
    this.place.replaceChildren();
    document.querySelector("main").inert = false;
  }

  #show(kind, ways) {
    if (!this.page.pack) return;
    this.#behind ??= document.body.dataset.screen;
    document.body.dataset.screen = "problem";
    document.body.dataset.problem = kind;
    const glyph = this.page.prompts[kind].icon;
    const text = this.page.prompt(kind);
    this.place.replaceChildren(
      h("div", { class: "sign" }, icon(glyph)),
      h("div", { role: "alert" }, h("h1", { class: "say", tabindex: "-1" }, text)),
      h("div", { class: "foot" }, ways));
    this.place.hidden = false;
    document.querySelector("main").inert = true;
    this.place.querySelector(".say").focus();
    this.voice.say(kind, text);
    if (kind !== "background") this.voice.nudge();
  }
}
