/** The frame of every page: mark, language, contrast; and which screen is on. */

import { button, h, icon, loadIcons } from "./dom.js";
import { LANGUAGES, chooseLanguage, fill, loadPack, nameOf, speakIn, studyPack } from "./language.js";

const KEPT_LANGUAGE = "handfast-language";
const KEPT_CONTRAST = "handfast-contrast";

export class Page {
  /** `extra`: more elements for the header. Nothing but the language and the contrast is kept on the phone. */
  constructor({ extra = [] } = {}) {
    this.extra = extra;
    this.offered = LANGUAGES;
    this.study = false;
    this.main = document.querySelector("main");
    this.header = document.querySelector("header");
    this.render = () => {};
    contrast(localStorage.getItem(KEPT_CONTRAST) === "sun");
  }

  /** Reads the pack for one of the offered languages. */
  async start(offered = LANGUAGES, wanted = null) {
    this.icons ??= loadIcons().catch(() => {}); // words stand without them
    this.offered = offered.filter((code) => LANGUAGES.includes(code));
    const kept = localStorage.getItem(KEPT_LANGUAGE);
    const first = [kept, wanted].find((code) => code && this.offered.includes(code));
    await this.use(first ?? chooseLanguage(this.offered));
  }

  async use(code) {
    const pack = await loadPack(code);
    this.pack = this.study ? studyPack(pack) : pack;
    speakIn(this.pack);
    this.drawHeader();
    this.render();
  }

  /** Says what a study says, or what everyone else does; the screen on is drawn again. */
  async inStudy(study) {
    if (this.study === study) return;
    this.study = study;
    await this.use(this.pack.code);
  }

  /** A word or sentence of the language in use. */
  word(key, values) {
    return fill(this.pack.words[key] ?? key, values);
  }

  /** A prompt: what is shown large, and read aloud. */
  prompt(key) {
    return this.pack.prompts[key] ?? key;
  }

  /** Shows a screen; `draw` gives its elements and runs again when the language changes. */
  show(name, draw) {
    this.render = () => {
      document.body.dataset.screen = name;
      this.main.replaceChildren(...[draw()].flat(Infinity).filter(Boolean));
      this.main.scrollTop = 0;
      window.scrollTo(0, 0);
      this.main.querySelector("h1, [data-focus]")?.focus({ preventScroll: true });
    };
    this.render();
  }

  /** Shows a screen and waits for the person's choice. */
  ask(name, draw) {
    return new Promise((choose) => this.show(name, () => draw(choose)));
  }

  drawHeader() {
    const select = h("select", { "aria-label": this.word("language"), data: { action: "language" },
      on: { change: (event) => this.choose(event.target.value) } },
    this.offered.map((code) => h("option", { value: code, selected: code === this.pack.code, lang: code }, nameOf(code))));
    const sun = button("sun", this.word("sun"), toggleContrast, { kind: "quiet round", glyph: "light",
      "aria-pressed": String(document.documentElement.dataset.contrast === "sun") });
    this.header.replaceChildren(
      h("a", { class: "mark", href: "/", "aria-label": "Handfast" }, icon("mark")),
      h("label", { class: "language" }, icon("globe"), select),
      ...this.extra.map((make) => make()), sun);
  }

  choose(code) {
    localStorage.setItem(KEPT_LANGUAGE, code);
    return this.use(code);
  }
}

function toggleContrast(event) {
  const sun = document.documentElement.dataset.contrast !== "sun";
  localStorage.setItem(KEPT_CONTRAST, sun ? "sun" : "");
  event.currentTarget.setAttribute("aria-pressed", String(sun));
  contrast(sun);
}

function contrast(sun) {
  document.documentElement.dataset.contrast = sun ? "sun" : "";
}
