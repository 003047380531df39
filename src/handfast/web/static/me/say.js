/** Reads a part of the page aloud: what it is by a recording, and what stands in it by the phone's own voice, if it has one. */

import { button } from "../shared/dom.js";

let part = null; // what was read last

/** A button that reads; pressed again it is quiet. `element` gives what stands in the part now; `text` is read instead of the prompt. */
export function listen(page, key, element = null, text = null) {
  return button("listen", page.word("listen"), () => {
    const { voice } = page;
    const again = voice.reads(key) || (part === key && globalThis.speechSynthesis?.speaking);
    part = key;
    if (again) return voice.stop();
    return text ? voice.own(text) : voice.say(key, page.prompt(key), () => element && details(page, element()));
  }, { kind: "quiet no-print", glyph: "sound", "aria-label": `${page.word("listen")}: ${text ?? page.prompt(key)}` });
}

function details(page, element) {
  const voice = globalThis.speechSynthesis?.getVoices().find(({ lang }) => lang.toLowerCase().startsWith(page.pack.code));
  if (!voice) return;
  const lines = [...element.querySelectorAll("p, li > span, b")].filter((part) => part.checkVisibility()).map((part) => part.textContent);
  const said = new SpeechSynthesisUtterance(lines.join(". "));
  [said.voice, said.lang] = [voice, voice.lang];
  speechSynthesis.speak(said);
}
