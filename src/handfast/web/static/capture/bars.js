/** One bar a finger, in the order in which the hand is seen. State is told by a sign and words, not by colour alone. */

import { h, icon } from "../shared/dom.js";

const SIGNS = { good: "good", retake: "again", missing: "again" };
const WORDS = { good: "finger-good", retake: "finger-retake", missing: "finger-retake" };

export class Bars {
  #bars = new Map();

  constructor(page, order) {
    this.page = page;
    this.element = h("div", { class: "bars", dir: "ltr" }, order.map((position) => this.#bar(position)));
  }

  /** 0..1 */
  fill(position, part) {
    const bar = this.#bars.get(position);
    if (bar && bar.dataset.state !== "good") bar.level.style.transform = `scaleX(${part.toFixed(2)})`;
  }

  state(position, state) {
    const bar = this.#bars.get(position);
    if (!bar || !(state in SIGNS)) return;
    bar.dataset.state = state;
    bar.sign.replaceChildren(icon(SIGNS[state]), h("span", { class: "hidden" }, this.page.word(WORDS[state])));
    if (state === "good") bar.level.style.transform = "scaleX(1)";
  }

  #bar(position) {
    const level = h("i", {});
    const sign = h("b", {});
    const name = this.page.word(`finger-${position.split("-")[1]}`);
    const bar = h("div", { class: "bar", data: { position } }, h("span", { class: "track" }, level), h("span", { class: "name" }, name, sign));
    Object.assign(bar, { level, sign });
    this.#bars.set(position, bar);
    return bar;
  }
}
