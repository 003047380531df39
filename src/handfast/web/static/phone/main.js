/** An operator's phone: paired by the code on the desk, it serves person after person and signs whatever it asks. */

import { button, h, icon } from "../shared/dom.js";
import { ask } from "../shared/json.js";
import { StaffPage } from "../shared/staff.js";
import { newSession, runSession } from "../desk/session.js";
import { forget, fresh, keep, kept, publicKey, sign, signed } from "./key.js";

const page = new StaffPage();
const code = decodeURIComponent(location.hash.slice(1));
history.replaceState(null, "", location.pathname);
await page.start();
const pairing = code ? await paired(code) : await kept().catch(() => null);
const own = pairing && await asked("/v1/devices/own").catch(() => null);
const programme = own && await asked("/v1/programmes").then((all) => all.find(({ id }) => id === own.device.programme), () => null);
if (programme) await serve();
else await alone();

async function serve() {
  const desk = { page, operator: null, ask: asked };
  const may = (role) => own.rights.some((right) => right.role === role);
  for (;;) {
    const kind = await page.ask("phone", (choose) => [
      h("div", {}, h("h1", { tabindex: "-1", dir: "auto" }, programme.name), h("p", { class: "small", dir: "auto" }, own.device.site)),
      may("checker") && button("check", page.word("desk-check"), () => choose("check"), { kind: "go large", glyph: "hand" }),
      may("enroller") && button("enrol", page.word("desk-enrol"), () => choose("enrol"), { kind: "large", glyph: "card" }),
      may("finder") && programme.find && button("find", page.word("desk-find"), () => choose("find"), { kind: "large", glyph: "look" }),
    ]);
    for (let wanted = { kind }; wanted;) {
      const opened = await newSession(desk, programme, wanted);
      wanted = opened && await runSession(desk, programme, opened);
    }
  }
}

/** Pairs this phone by the code, with a key of its own; null where the code is used up. */
async function paired(secret) {
  const pair = await fresh();
  const body = { pairing: secret, public_key: await publicKey(pair), signature: await sign(pair, `pair|${secret}`) };
  try {
    const { device, now } = await ask("/v1/devices/pair", { method: "POST", body });
    const made = { pair, device: device.id, skew: new Date(now).getTime() - Date.now() };
    await keep(made).catch(() => {}); // without it the phone is paired until its page closes
    return made;
  } catch {
    return kept().catch(() => null);
  }
}

async function asked(path, options = {}) {
  const body = options.body === undefined ? "" : JSON.stringify(options.body);
  const headers = await signed(pairing, options.method ?? "GET", path, body);
  return ask(path, { ...options, headers: { ...options.headers, ...headers } });
}

async function alone() {
  await forget().catch(() => {});
  await page.ask("phone-alone", () => [
    h("div", { class: "sign" }, icon("phone-back")),
    h("h1", { class: "centre", tabindex: "-1" }, page.word("phone-title")),
    h("p", { class: "say centre" }, page.word("phone-not-paired")),
  ]);
}
