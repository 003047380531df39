/** Language packs: one JSON file a language, whole sentences, read from our own origin. */

export const LANGUAGES = ["en", "fr", "es", "ar", "pt", "hi", "sw", "uk"];

const packs = new Map();

/** The pack of a language; falls back to English where it cannot be read. */
export async function loadPack(code) {
  if (!packs.has(code)) {
    const response = await fetch(`/static/languages/${code}.json`);
    if (!response.ok && code !== "en") return loadPack("en");
    packs.set(code, await response.json());
  }
  return packs.get(code);
}

/** The pack as a study shows it: other words where pictures are kept, and no recording of those (languages.py, too). */
export function studyPack(pack) {
  const { version, welcome, cards, thanks, held, words } = pack.study;
  const said = pack.notice.cards.map((card, n) => ({ ...card, text: cards[n] ?? card.text }));
  return {
    ...pack,
    notice: { ...pack.notice, version: `${version}-study`, cards: said },
    words: { ...pack.words, ...words },
    prompts: { ...pack.prompts, "welcome-enrol": welcome, "answer-enrolled": thanks, "me-held": held },
    unrecorded: ["welcome-enrol", "answer-enrolled", "me-held", ...cards.map((_, n) => `notice-${n + 1}`)],
  };
}

/** The first of the reader's languages that is offered, else the first offered. */
export function chooseLanguage(offered, wanted = navigator.languages) {
  const short = wanted.map((tag) => tag.toLowerCase().split("-")[0]);
  return short.find((code) => offered.includes(code)) ?? offered[0] ?? "en";
}

/** A language's own name for itself. */
export function nameOf(code) {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/** A sentence with its {placeholders} filled. */
export function fill(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Turns the document to a pack's language and direction. */
export function speakIn(pack) {
  document.documentElement.lang = pack.code;
  document.documentElement.dir = pack.direction;
}

/** A number of days, in words of the language: "365 days". */
export function days(count, code) {
  return new Intl.NumberFormat(regional(code), { style: "unit", unit: "day", unitDisplay: "long" }).format(count);
}

/** A day, or a day and a time, as people of the language write it. */
export function when(iso, code, { time = false } = {}) {
  const style = time ? { dateStyle: "full", timeStyle: "short" } : { dateStyle: "long" };
  return new Intl.DateTimeFormat(regional(code), style).format(new Date(iso));
}

/** The language as the reader's own region writes it, where the phone says which. */
function regional(code, wanted = navigator.languages) {
  return wanted.find((tag) => tag.toLowerCase().startsWith(`${code}-`)) ?? code;
}

/** What is hashed of a notice: its JSON with sorted keys (RFC 8785; it holds only strings and small whole numbers). */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(",")}}`;
}

/** SHA-256 of the notice as it is shown, in hex. */
export async function noticeHash(pack) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(pack.notice)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
