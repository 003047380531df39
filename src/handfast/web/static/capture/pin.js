/** A PIN of the person's choice, typed twice on large keys. */

import { button, h, icon } from "../shared/dom.js";

const LEAST = 4;
const MOST = 8;

export async function choosePin(app) {
  app.step = "pin";
  for (let key = "pin"; ;) {
    const first = await typed(app, key);
    if (easy(first)) { key = "pin-weak"; continue; }
    const second = await typed(app, "pin-again");
    if (first !== second) key = "pin-differs";
    else if (await kept(app, first)) return;
    else key = "pin-weak";
  }
}

/** False if the server finds it too easy to guess. */
async function kept(app, pin) {
  try {
    await app.api.post("/v1/capture/pin", { pin });
    return true;
  } catch (refusal) {
    if (refusal.code === "bad-request") return false;
    throw refusal;
  }
}

/** What anyone would try first: one digit over and over, or digits counted up or down. */
function easy(pin) {
  const steps = [...pin].slice(1).map((digit, n) => digit - pin[n]);
  return [0, 1, -1].some((step) => steps.every((each) => each === step));
}

function typed(app, key) {
  const { page } = app;
  const shown = page.ask("pin", (choose) => {
    document.body.dataset.step = key;
    const input = h("input", { type: "password", inputmode: "numeric", autocomplete: "off", maxlength: MOST, pattern: "[0-9]*", "aria-label": page.word("new-pin"),
      class: "pin", dir: "ltr", data: { field: "pin" } });
    const on = button("go-on", page.word("go-on"), () => choose(input.value), { kind: "go large", disabled: true });
    const fresh = () => {
      input.value = input.value.replace(/\D/g, "");
      on.disabled = input.value.length < LEAST;
      dots.replaceChildren(...Array.from({ length: Math.max(LEAST, input.value.length) }, (_, n) => h("i", { class: n < input.value.length ? "on" : "" })));
    };
    const dots = h("div", { class: "pin-dots", "aria-hidden": "true" });
    const press = (digit) => { input.value = (input.value + digit).slice(0, MOST); fresh(); };
    input.addEventListener("input", fresh);
    input.addEventListener("keydown", ({ key: pressed }) => pressed === "Enter" && !on.disabled && choose(input.value));
    fresh();
    const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => digitKey(digit, press));
    const back = button("delete", page.word("delete"), () => { input.value = input.value.slice(0, -1); fresh(); }, { kind: "digit round quiet", glyph: "delete" });
    return [
      h("h1", { class: "say with-icon", tabindex: "-1" }, icon(page.prompts[key].icon), h("span", {}, page.prompt(key))),
      h("label", { class: "pin-field" }, input, dots),
      h("div", { class: "keys", dir: "ltr" }, digits, h("span", {}), digitKey(0, press), back),
      h("div", { class: "foot" }, on),
    ];
  });
  app.voice.say(key, page.prompt(key));
  return shown;
}

function digitKey(digit, press) {
  return h("button", { type: "button", class: "button digit", data: { action: `digit-${digit}` }, on: { click: () => press(digit) } }, String(digit));
}
