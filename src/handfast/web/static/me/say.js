/** Reads a tile aloud with the phone's own voice, where it has one for the language. */

import { button } from "../shared/dom.js";

export function listen(page, element) {
  const voice = globalThis.speechSynthesis?.getVoices().find(({ lang }) => lang.toLowerCase().startsWith(page.pack.code));
  if (!voice) return null;
  return button("listen", page.word("listen"), () => {
    const busy = speechSynthesis.speaking;
    speechSynthesis.cancel();
    if (busy) return;
    const said = new SpeechSynthesisUtterance([...element().querySelectorAll("p, li > span, b")].filter((part) => part.checkVisibility()).map((part) => part.textContent).join(". "));
    [said.voice, said.lang] = [voice, voice.lang];
    speechSynthesis.speak(said);
  }, { kind: "quiet no-print", glyph: "sound" });
}
