/** Voices: each prompt of the language is heard, spoken by a person of this place, heard again, and kept. */

import { button, h, icon } from "../shared/dom.js";
import { Problem, ask } from "../shared/json.js";
import { Operator } from "../shared/operator.js";
import { StaffPage } from "../shared/staff.js";
import { record } from "./recorder.js";

const page = new StaffPage();
const player = new Audio();
let pack = null;

class Voices extends Operator {
  /** Sends a recording, which is no JSON. */
  async send(path, blob) {
    const response = await fetch(path, { method: "PUT", body: blob, headers: { "Content-Type": blob.type, "Handfast-CSRF": this.csrf } });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Problem(answer.code ?? "unreachable", answer.detail);
    return answer;
  }
}

await page.start();
const operator = await ask("/v1/desk").then((desk) => new Voices(page, desk), () => location.assign("/desk"));
if (operator) {
  await read();
  page.header.addEventListener("change", () => setTimeout(read)); // another language is another pack
}

async function read() {
  pack = await operator.ask(`/v1/languages/${page.pack.code}`).catch(() => null);
  page.show("voices", draw);
}

function draw() {
  if (!pack) return [h("h1", { tabindex: "-1" }, page.word("voices-title")), h("p", { class: "say" }, page.word("voices-not-yours"))];
  const spoken = pack.prompts.filter(({ source }) => source === "recorded").length;
  return [
    h("h1", { tabindex: "-1" }, page.word("voices-title")),
    h("p", { class: "say" }, page.word("voices-line")),
    h("p", { class: "small" }, page.word("voices-reviewer", { name: pack.reviewer })),
    h("div", {}, h("p", { data: { fact: "spoken" } }, page.word("voices-spoken", { number: count(spoken), all: count(pack.prompts.length) })),
      h("div", { class: "count", "aria-hidden": "true" }, bar(spoken / pack.prompts.length))),
    h("ul", { class: "prompts" }, pack.prompts.map(one)),
    h("div", { class: "foot" }, h("a", { class: "button", href: "/desk", data: { action: "desk" } }, page.word("desk-title"))),
  ];
}

function one({ name, text, icon: glyph, source, by }) {
  const problem = h("p", { class: "notice", role: "alert", hidden: true }, icon("question"), h("span", {}));
  const item = h("li", { class: "sheet prompt", data: { prompt: name, source } });
  const row = h("div", { class: "row" });
  const idle = () => {
    delete item.dataset.recording;
    row.replaceChildren(
      source !== "missing" ? button("hear", page.word("listen"), () => hear(`/voice/${pack.code}/${name}?${Date.now()}`), { glyph: "sound", "aria-label": `${page.word("listen")}: ${text}` }) : "",
      button("record", page.word("voices-record"), begin, { "aria-label": `${page.word("voices-record")}: ${text}` }),
      source === "recorded" ? button("remove", page.word("voices-remove"), remove, { kind: "quiet", "aria-label": `${page.word("voices-remove")}: ${text}` }) : "");
  };
  const begin = async () => {
    problem.hidden = true;
    player.pause();
    try {
      const going = await record();
      item.dataset.recording = "yes";
      row.replaceChildren(button("stop", page.word("voices-stop"), () => going.stop(), { kind: "go", glyph: "pause" }));
      row.firstChild.focus();
      offer(await going.done);
    } catch {
      tell(page.word("voices-no-microphone"));
      idle();
    }
  };
  const offer = (blob) => {
    delete item.dataset.recording;
    const url = URL.createObjectURL(blob);
    row.replaceChildren(
      button("hear", page.word("listen"), () => hear(url), { glyph: "sound" }),
      button("keep", page.word("voices-keep"), () => keep(blob), { kind: "go", glyph: "good" }),
      button("record", page.word("desk-again"), begin, { kind: "quiet", glyph: "again" }));
    hear(url);
  };
  const keep = async (blob) => {
    try {
      pack = await operator.send(`/v1/languages/${pack.code}/voice/${name}`, blob);
      fresh(name);
    } catch (error) { tell(error.code === "unreachable" ? page.word("me-unreachable") : error.message); }
  };
  const remove = async () => {
    await operator.ask(`/v1/languages/${pack.code}/voice/${name}`, { method: "DELETE" });
    pack = await operator.ask(`/v1/languages/${pack.code}`);
    fresh(name);
  };
  const tell = (said) => { problem.lastChild.textContent = said; problem.hidden = false; };
  idle();
  const word = { recorded: by ? page.word("voices-by", { name: by }) : page.word("voices-recorded"), "machine draft": page.word("voices-draft"), missing: page.word("voices-missing") }[source];
  item.append(h("p", {}, icon(glyph || "receipt"), h("span", { lang: pack.code, dir: pack.direction }, text)), h("span", { class: "source" }, word), row, problem);
  return item;
}

/** The list with what has changed, at the place where the speaker is. */
function fresh(name) {
  const at = window.scrollY;
  page.render();
  window.scrollTo(0, at);
  page.main.querySelector(`[data-prompt="${name}"] [data-action="hear"], [data-prompt="${name}"] [data-action="record"]`)?.focus({ preventScroll: true });
}

function hear(url) {
  player.src = url;
  player.play().catch(() => {});
}

function bar(share) {
  const drawn = h("i", {});
  drawn.style.width = `${100 * share}%`;
  return drawn;
}

function count(number) {
  return new Intl.NumberFormat(page.pack.code).format(number);
}
