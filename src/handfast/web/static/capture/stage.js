/** The live picture and what lies on it: one instruction, the ring, the outlines, the fingers' bars. */

import { h, icon } from "../shared/dom.js";
import { videoElement } from "./camera.js";
import { countOutline, fingersOutline, handOutline, ring } from "./outlines.js";

const HOLD = 1100; // ms a hint stays at least, so that it can be read
const REPEAT = 7000; // ms until the same words are read aloud again
const STEP = 150; // ms between two lengths of the bar

export class Stage {
  #since = 0;
  #key = null;
  #read = new Map();
  #filling = null;

  constructor(app) {
    this.app = app;
    this.video = videoElement();
    this.video.muted = true;
    this.bridge = h("canvas", { class: "bridge", hidden: true, "aria-hidden": "true" });
    this.guide = h("div", { class: "guide" });
    this.upload = h("i", { class: "upload", hidden: true, "aria-hidden": "true" });
    this.lens = h("div", { class: "lens" }, this.video, this.bridge, this.upload);
    this.box = h("div", { class: "stage", data: { shape: "oval" } }, this.lens, this.guide);
    this.glyph = h("span", { class: "glyph" });
    this.words = h("h1", { class: "say", tabindex: "-1", data: { focus: "" } });
    this.told = h("div", { class: "told", role: "status", "aria-live": "assertive" }, this.glyph, this.words);
    this.below = h("div", { class: "below" });
    this.ring = ring();
  }

  /** Puts the stage on the screen under a name. */
  enter(name) {
    if (document.body.dataset.screen === name) return;
    if (this.box.isConnected && document.body.dataset.screen !== "problem") {
      document.body.dataset.screen = name;
      return;
    }
    this.app.page.show(name, () => { this.#key = null; return [this.told, this.box, this.below]; });
  }

  /** The camera is being asked for. */
  opening(key) {
    this.enter("camera");
    this.box.dataset.state = "opening";
    this.guide.replaceChildren();
    this.below.replaceChildren();
    this.instruct(key);
  }

  opened(mirrored) {
    this.box.dataset.state = "live";
    this.box.dataset.mirrored = String(mirrored);
  }

  /** Nothing more to do: shows what is going on. */
  waiting(key) {
    this.box.dataset.state = "waiting";
    this.guide.replaceChildren();
    this.below.replaceChildren();
    this.instruct(key);
  }

  /** What was shown of the steps so far is taken back: they begin anew. */
  again() {
    this.ring.fill(0);
    this.ring.dot(null);
    this.guide.replaceChildren(this.ring.svg);
    this.box.dataset.shape = "oval";
    this.below.replaceChildren();
  }

  face() {
    this.enter("face");
    this.box.dataset.shape = "oval";
    this.guide.replaceChildren(this.ring.svg);
    this.below.replaceChildren();
  }

  count(count) {
    this.enter("hand");
    this.box.dataset.shape = "wide";
    this.guide.replaceChildren(countOutline(count));
    this.below.replaceChildren();
  }

  hand(hand) {
    this.enter("hand");
    this.box.dataset.shape = "wide";
    this.guide.replaceChildren(handOutline(hand, this.box.dataset.mirrored === "true"));
    this.below.replaceChildren();
  }

  fingers(task) {
    this.enter("fingers");
    this.box.dataset.shape = "wide";
    this.outline = fingersOutline(task);
    this.guide.replaceChildren(this.outline.svg);
  }

  /** One instruction: picture, words, voice. A hint stays long enough to be read; "try" marks what to do again. */
  instruct(key, { hint = false, quiet = false, now: atOnce = false } = {}) {
    const { page, voice } = this.app;
    const now = performance.now();
    if (key === this.#key || (hint && !atOnce && now - this.#since < HOLD)) return;
    this.#key = key;
    this.#since = now;
    document.body.dataset.hint = key;
    this.told.dataset.tone = hint && key !== "good" ? "again" : key === "good" ? "good" : "plain";
    this.glyph.replaceChildren(icon(page.prompts[key]?.icon ?? "next"));
    this.words.textContent = page.prompt(key);
    if (quiet || now - (this.#read.get(key) ?? -REPEAT) < REPEAT) return;
    this.#read.set(key, now);
    voice.say(key, page.prompt(key));
  }

  /** Keeps the last picture in sight while the camera is busy with a still. */
  freeze() {
    const { videoWidth, videoHeight } = this.video;
    this.bridge.width = videoWidth / 2;
    this.bridge.height = videoHeight / 2;
    this.bridge.getContext("2d").drawImage(this.video, 0, 0, this.bridge.width, this.bridge.height);
    this.bridge.hidden = false;
  }

  /** A bar that fills about as fast as the answer is expected, and is never full before it. */
  sending(expected) {
    const began = performance.now();
    const fill = () => this.upload.style.setProperty("--part", 1 - Math.exp(-2 * (performance.now() - began) / expected));
    fill();
    this.upload.hidden = false;
    this.#filling = setInterval(fill, STEP);
  }

  thaw() {
    clearInterval(this.#filling);
    this.upload.hidden = true;
    this.bridge.hidden = true;
  }

  /** A rectangle of the stage's own 300 x 400 drawing as parts (0..1) of the camera's picture: x, y, width, height. */
  inPicture({ x, y, width, height }) {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.max(300 / videoWidth, 400 / videoHeight);
    const left = (300 - videoWidth * scale) / 2;
    const top = (400 - videoHeight * scale) / 2;
    return [(x - left) / (videoWidth * scale), (y - top) / (videoHeight * scale), width / (videoWidth * scale), height / (videoHeight * scale)];
  }
}
