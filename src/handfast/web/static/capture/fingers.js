/** Four fingers of a hand: bars that fill, a photo by itself when the server says it is good, at once a retake of what was not. */

import { button } from "../shared/dom.js";
import { Bars } from "./bars.js";
import { FocusBars, ppiOf, ridgeContrast, tipIn } from "./focus.js";
import { isOver, stream } from "./frames.js";
import { guideBy } from "./face.js";
import { watchFingers } from "./models.js";
import { takeStill, toUpload } from "./still.js";
import { around, inCrop, inPhoto, shownPart, widened } from "./view.js";

const ENOUGH_PPI = 400;
const MOVED = 0.5; // finger widths between two looks: too much for a photo
const MARGIN = { sides: 0.22, top: 0.3, bottom: 0.1 }; // around the outline, for fingers that lie beside it
const WAIT_FOR_BEST = 800; // ms from the first good preview
const TO_READ = 1800; // ms that what to do better stands before the next photo
const OWN_SHUTTER = 9000; // ms without a photo until a button is offered

/** The person, or the camera, can do no fingers: go on with the face. */
export class FaceOnly extends Error {}

export async function fingersTask(app, stage, challenge, task) {
  stage.fingers(task);
  const key = `task-fingers-${task.hand}`;
  stage.instruct(key);
  const hand = new Hand(app, stage, task);
  try {
    for (;;) {
      const seen = await hand.untilGood(challenge, key);
      if (isOver(seen, task)) return seen;
      const answer = await hand.shoot(challenge);
      if (answer && isOver(answer, task)) return answer;
    }
  } finally {
    hand.eyes.stop();
  }
}

class Hand {
  #press = false;
  #notBefore = 0; // when the next photo may be taken by itself, and the next hint be shown
  #tips = null;
  #moving = false;

  constructor(app, stage, task) {
    Object.assign(this, { app, stage, task });
    this.focus = new FocusBars();
    this.bars = new Bars(app.page, stage.outline.order);
    stage.below.replaceChildren(this.bars.element);
    this.eyes = watchFingers(app.camera, (tips) => this.#look(tips));
  }

  /** Previews until a good one, or the person's own press. */
  async untilGood(challenge, key) {
    const { app, stage, task } = this;
    this.#press = false;
    this.goodSince = null;
    this.boxes = []; // where the server saw the fingertips, which is not always in the outline
    const shutter = button("take-photo", app.page.word("take-photo"), () => { this.#press = true; }, { glyph: "camera" });
    const offer = setTimeout(() => stage.below.append(shutter), OWN_SHUTTER);
    const answer = await stream(app, challenge, task, {
      kind: "preview",
      hinted: (hint) => guideBy(stage, hint, key),
      guide: () => stage.inPicture(stage.outline.rectangle),
      each: (seen) => {
        this.#heard(seen.fingers ?? []);
        if (performance.now() > this.#notBefore) guideBy(stage, this.#wanting(seen.hint), key);
      },
      stop: ({ hint }) => this.#press || (hint === "good" && this.#steady()),
    });
    clearTimeout(offer);
    shutter.remove();
    return answer;
  }

  /** Takes and sends one photo; gives the server's answer, or null if another is needed first. */
  async shoot(challenge) {
    const { app, stage, task } = this;
    stage.freeze();
    stage.box.dataset.state = "taking";
    stage.instruct("taking", { quiet: true });
    const photo = await takeStill(app.camera, (picture) => this.#sharpness(picture));
    if (!photo || !app.camera.video.videoWidth) return this.#lost(); // hidden meanwhile: nothing to lay the outline over
    app.voice.tick();
    if (this.#ppi(photo) < ENOUGH_PPI && !this.accepted) {
      stage.thaw();
      stage.box.dataset.state = "live";
      await this.#tooPoor();
      return null;
    }
    stage.instruct("sending", { quiet: true });
    const outline = stage.inPicture(stage.outline.rectangle);
    const guide = inPhoto(outline, app.camera.video, photo);
    const crop = widened(inPhoto(around([outline, ...this.boxes]), app.camera.video, photo), MARGIN);
    const upload = await toUpload(photo, crop, app.line.photo);
    stage.sending(app.line.expected(upload.size));
    try {
      const answer = await app.api.frame(challenge, task.id, "still", upload, inCrop(guide, crop));
      if (answer) this.#told(answer);
      return answer;
    } finally {
      stage.thaw();
      stage.box.dataset.state = "live";
    }
  }

  /** The camera went away while the photo was taken. */
  #lost() {
    this.stage.thaw();
    this.stage.box.dataset.state = "live";
    return null;
  }

  /** Still and as sharp as it gets; nobody waits longer than a moment for it. */
  #steady() {
    const now = performance.now();
    if (now < this.#notBefore) return false;
    this.goodSince ??= now;
    return now - this.goodSince > WAIT_FOR_BEST || (!this.#moving && this.focus.atBest(now));
  }

  /** The one thing to do: what the server says, else to hold still until it is as sharp as it was. */
  #wanting(hint) {
    return hint === "good" && !this.focus.atBest() ? "focus" : hint;
  }

  /** Mean ridge contrast of the fingertips where they were seen last. */
  #sharpness(picture) {
    const contrasts = this.boxes.map((box) => ridgeContrast(picture, tipIn(box)));
    return contrasts.reduce((sum, contrast) => sum + contrast, 0) / Math.max(1, contrasts.length);
  }

  #look(tips) {
    this.#moving = Boolean(tips && this.#tips && tips.some((tip, n) =>
      Math.hypot(tip.x - this.#tips[n].x, tip.y - this.#tips[n].y) > MOVED * tip.width));
    this.#tips = tips;
    if (!tips) return;
    ["index", "middle", "ring", "little"].forEach((finger, n) => {
      const position = `${this.task.hand}-${finger}`;
      if (!this.task.positions.includes(position)) return;
      this.focus.measured(position, ridgeContrast(this.app.camera.video, tips[n]));
      this.bars.fill(position, this.focus.bar(position));
    });
  }

  #heard(fingers) {
    this.boxes = fingers.flatMap(({ box }) => (box ? [box] : []));
    this.widths = this.boxes.map(([, , width]) => width);
    for (const { position, focus, box } of fingers) {
      if (box && !this.#tips) this.focus.measured(position, ridgeContrast(this.app.camera.video, tipIn(box)));
      this.focus.heard(position, focus);
      this.bars.fill(position, this.focus.bar(position));
    }
  }

  /** After a still: which fingers are good, which come again, and the one cause. */
  #told({ fingers, hint, task = { state: "going" } }) {
    const { app, stage } = this;
    for (const { position, state } of fingers ?? []) {
      this.bars.state(position, state);
      if (stage.outline.order.includes(position)) stage.outline.state(position, state);
    }
    const again = !fingers || fingers.some(({ state }) => state === "retake" || state === "missing");
    if (again && task.state === "going") {
      app.voice.nudge();
      this.#notBefore = performance.now() + TO_READ;
    }
    const cause = hint === "hold-still" ? "focus" : hint; // after a photo, what was unsteady is told as what was seen of it
    stage.instruct(again ? cause ?? "try-again" : "good", { hint: true, now: true });
  }

  /** Resolution of the fingers in a photo; Infinity while nobody knows how wide they are. */
  #ppi(photo) {
    const local = this.#tips?.map(({ width }) => width) ?? [];
    const widths = (this.widths?.length ? this.widths : local).sort((a, b) => a - b);
    if (!widths.length) return Infinity;
    return ppiOf(widths[widths.length >> 1] * shownPart(this.app.camera.video, photo).x * photo.width);
  }

  async #tooPoor() {
    const { app } = this;
    const way = await app.problems.ask("camera-poor", [
      { action: "other-camera", label: "other-camera", kind: "go", glyph: "camera" },
      { action: "face-only", label: "face-only", glyph: "face" },
      { action: "try-again", label: "try-again", kind: "quiet" },
    ]);
    if (way === "face-only") throw new FaceOnly();
    if (way === "other-camera") await app.camera.another();
    else this.accepted = true;
  }
}
