/** The phone's cameras: asked for by `ideal`, let go of when the page is hidden, every refusal met by its own words. */

import { h, sleep } from "../shared/dom.js";

const ONE_PICTURE = 34; // ms
const PATIENCE = 500; // ms for a new picture

const PROBLEM_OF = {
  NotAllowedError: "camera-refused",
  SecurityError: "camera-refused",
  NotFoundError: "camera-absent",
  OverconstrainedError: "camera-absent",
  NotReadableError: "camera-in-use",
  AbortError: "camera-in-use",
};

export class Camera {
  #side = null;
  #device = null;
  #opened = Promise.resolve();
  #canvas = document.createElement("canvas");

  constructor(video, app) {
    this.video = video;
    this.app = app;
    this.stream = null;
    document.addEventListener("visibilitychange", () => this.#visible(), { signal: app.exit.signal });
  }

  get track() {
    return this.stream?.getVideoTracks()[0] ?? null;
  }

  /** True where the picture is shown as in a mirror: the camera on the person's side. */
  get mirrored() {
    return this.#side === "front" && this.track?.getSettings().facingMode !== "environment";
  }

  /** Makes sure that the camera of this side is on and its picture visible. */
  async use(side, stage) {
    if (side === this.#side) await this.#opened; // it may have gone meanwhile, and the person be asked to go on
    if (side === this.#side && this.track?.readyState === "live") return;
    const turned = this.#side !== null && side === "rear";
    this.close();
    this.#side = side;
    this.#device = null;
    stage.opening(turned ? "camera-rear" : "camera-ask");
    await this.#open();
    stage.opened(this.mirrored);
    if (turned) await sleep(1600); // the time to turn the hand behind the phone
  }

  /** Resolves when a live picture is there; while the page is hidden, or the person asked for another way, it waits. */
  async ready() {
    await this.app.paused;
    await this.#opened;
    this.app.exit.signal.throwIfAborted();
  }

  /** True at the camera's next picture, so that none is sent twice; false if it keeps one waiting, as in poor light. */
  fresh() {
    const next = this.video.requestVideoFrameCallback
      ? new Promise((resolve) => this.video.requestVideoFrameCallback(resolve))
      : sleep(ONE_PICTURE);
    return Promise.race([next.then(() => true), sleep(PATIENCE).then(() => false)]);
  }

  /** Another camera of the same side, in turn; true if there is one. */
  async another() {
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
    if (devices.length < 2) return false;
    const now = devices.findIndex(({ deviceId }) => deviceId === this.track?.getSettings().deviceId);
    this.close();
    this.#device = devices[(now + 1) % devices.length].deviceId;
    await this.#open();
    return true;
  }

  close() {
    this.stream?.getTracks().forEach((track) => { track.onended = null; track.stop(); });
    this.stream = null;
    this.video.srcObject = null;
  }

  /** The picture now, as JPEG, about `width` px wide (never under 360 px on its short side) and under 150 kB; null without a camera. */
  async jpeg(width, quality) {
    const { videoWidth, videoHeight } = this.video;
    if (!videoWidth) return null;
    const scale = Math.min(1, Math.max(width / videoWidth, 360 / Math.min(videoWidth, videoHeight)));
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    this.#canvas.getContext("2d", { alpha: false }).drawImage(this.video, 0, 0, this.#canvas.width, this.#canvas.height);
    const blob = await toJpeg(this.#canvas, quality);
    return blob.size <= 150_000 ? blob : this.jpeg(width * 0.8, quality * 0.8);
  }

  #open() {
    this.#opened = this.#stubborn();
    return this.#opened;
  }

  async #stubborn() {
    for (;;) {
      try {
        return await this.#start();
      } catch (error) {
        const problem = error.problem ?? PROBLEM_OF[error.name];
        if (!problem) throw error;
        await this.app.problems.ask(problem, [{ action: "try-again", label: "try-again", kind: "go", glyph: "again" }]);
      }
    }
  }

  async #start() {
    if (!isSecureContext) throw Object.assign(new Error(), { problem: "camera-insecure" });
    if (!navigator.mediaDevices?.getUserMedia) throw Object.assign(new Error(), { problem: "not-supported" });
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: this.#wish() });
    this.track.onended = () => { this.#opened = this.#lost(); };
    this.video.srcObject = this.stream;
    await this.video.play();
    if (this.track.getCapabilities?.().focusMode?.includes("continuous"))
      await this.track.applyConstraints({ advanced: [{ focusMode: "continuous" }] }).catch(() => {});
  }

  #wish() {
    const still = "ImageCapture" in globalThis;
    const size = this.#side === "front" ? [1280, 960] : still ? [1920, 1440] : [4096, 3072];
    const which = this.#device ? { deviceId: { exact: this.#device } } : { facingMode: { ideal: this.#side === "front" ? "user" : "environment" } };
    return { ...which, width: { ideal: size[0] }, height: { ideal: size[1] }, frameRate: { ideal: 30 } };
  }

  async #lost() {
    this.close();
    await this.app.problems.ask("camera-in-use", [{ action: "try-again", label: "try-again", kind: "go", glyph: "again" }]);
    return this.#stubborn();
  }

  #visible() {
    if (document.hidden && this.stream) {
      this.close();
      this.#opened = this.#resumed();
    }
  }

  async #resumed() {
    await this.app.problems.ask("background", [{ action: "go-on", label: "go-on", kind: "go" }]);
    return this.#stubborn();
  }
}

export function toJpeg(canvas, quality) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}

/** The video element that a stage shows. */
export function videoElement() {
  return h("video", { playsinline: true, muted: true, autoplay: true, "aria-hidden": "true" });
}
