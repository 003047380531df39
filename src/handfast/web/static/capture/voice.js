/** Prompts read aloud as people of the site spoke them, else from our own recordings; else by the phone's voice; else silence. Also the soft sound and the buzz. */

import { button } from "../shared/dom.js";

const KEPT_MUTE = "handfast-mute";

export class Voice {
  #audio = new Audio();
  #saying = null;
  #waiting = null;
  #sound = null;

  constructor() {
    this.muted = localStorage.getItem(KEPT_MUTE) === "yes";
    this.pack = () => null;
    this.#audio.preload = "auto";
    addEventListener("pointerdown", () => this.#touched(), { capture: true });
    addEventListener("keydown", () => this.#touched(), { capture: true });
  }

  /** Whether this prompt is being read. */
  reads(key) {
    return this.#saying?.key === key && !this.#audio.ended && !this.#audio.paused;
  }

  /** Reads a prompt aloud; what was being read stops. `text` is for the phone's own voice; `then` follows its end. */
  say(key, text, then = null) {
    this.stop();
    if (this.muted || !this.pack()) return;
    const said = { key, text, language: this.pack().code };
    this.#saying = said;
    this.#audio.onended = () => then?.();
    if (this.pack().unrecorded?.includes(key)) return void this.#speak(said);
    this.#audio.src = `/voice/${said.language}/${key}`;
    this.#audio.onerror = () => this.#saying === said && this.#speak(said);
    this.#audio.play().catch((error) => {
      if (error.name === "NotAllowedError") this.#waiting = said;
    });
  }

  /** Reads what has no recording, by the phone's own voice. */
  own(text) {
    this.stop();
    if (!this.muted && this.pack()) this.#speak({ text, language: this.pack().code });
  }

  stop() {
    this.#saying = null;
    this.#waiting = null;
    this.#audio.pause();
    globalThis.speechSynthesis?.cancel();
  }

  /** A soft wooden tick and a short buzz: the picture was taken. */
  tick() {
    navigator.vibrate?.(30);
    if (!this.muted) this.#tone([[660, 0], [990, 0.07]]);
  }

  /** Two buzzes, no sound: something is to be done again. */
  nudge() {
    navigator.vibrate?.([30, 80, 30]);
  }

  button(page) {
    const label = page.word(this.muted ? "sound-on" : "sound-off");
    return button("sound", label, () => this.#toggle(page),
      { kind: "quiet round", glyph: this.muted ? "sound-off" : "sound" });
  }

  #toggle(page) {
    this.muted = !this.muted;
    localStorage.setItem(KEPT_MUTE, this.muted ? "yes" : "");
    if (this.muted) this.stop();
    page.drawHeader();
  }

  /** Browsers play sound only after a touch: say what was waiting for it. */
  #touched() {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) this.say(waiting.key, waiting.text);
  }

  #speak({ text, language }) {
    if (!text || !globalThis.speechSynthesis) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = language;
    speechSynthesis.speak(utterance);
  }

  #tone(notes) {
    this.#sound ??= new AudioContext();
    for (const [pitch, after] of notes) {
      const start = this.#sound.currentTime + after;
      const note = new OscillatorNode(this.#sound, { frequency: pitch });
      const loudness = new GainNode(this.#sound, { gain: 0 });
      loudness.gain.setTargetAtTime(0.09, start, 0.004);
      loudness.gain.setTargetAtTime(0, start + 0.03, 0.05);
      note.connect(loudness).connect(this.#sound.destination);
      note.start(start);
      note.stop(start + 0.4);
    }
  }
}
