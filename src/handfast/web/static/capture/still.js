/** The photo that is compared: as large as the camera gives, cropped to the hand, at most 600 kB. */

import { sleep } from "../shared/dom.js";
import { toJpeg } from "./camera.js";

const MAX_BYTES = 600_000;
const MAX_PIXELS = 16_000_000;
const MAX_SIDE = 2600; // px of the crop: beyond 600 ppi over a hand there is nothing to see
const PATIENCE = 3500; // ms for takePhoto, which interrupts the stream

const BURST = 3; // live pictures, of which the sharpest is taken

/**
 * A photo now: an ImageBitmap or a canvas, whatever this browser can; null if the camera is gone.
 * `sharpness(picture)` is asked where it is the live picture that is taken: then it is the sharpest of a few.
 */
export async function takeStill(camera, sharpness) {
  const capture = "ImageCapture" in globalThis && camera.track ? new ImageCapture(camera.track) : null;
  const photo = await within(PATIENCE, () => capture?.takePhoto()).catch(() => null);
  if (photo) {
    const bitmap = await createImageBitmap(photo, { imageOrientation: "from-image" }).catch(() => null);
    if (bitmap && bitmap.width * bitmap.height >= camera.video.videoWidth * camera.video.videoHeight) return bitmap;
  }
  return (await within(1000, () => capture?.grabFrame?.()).catch(() => null)) ?? sharpestOf(camera, sharpness);
}

/** The crop as JPEG of at most `bytes`, by default 600 kB: quality is given up first, then size. */
export async function toUpload(photo, [x, y, width, height], bytes = MAX_BYTES) {
  const [pw, ph] = [width * photo.width, height * photo.height];
  let scale = Math.min(1, MAX_SIDE / Math.max(pw, ph), Math.sqrt(MAX_PIXELS / (pw * ph)));
  const canvas = document.createElement("canvas");
  for (;;) {
    canvas.width = Math.round(pw * scale);
    canvas.height = Math.round(ph * scale);
    canvas.getContext("2d", { alpha: false }).drawImage(photo, x * photo.width, y * photo.height, pw, ph, 0, 0, canvas.width, canvas.height);
    for (const quality of [0.92, 0.86, 0.8, 0.74]) {
      const blob = await toJpeg(canvas, quality);
      if (blob.size <= bytes) return blob;
    }
    scale *= 0.88;
  }
}

async function sharpestOf(camera, sharpness) {
  let best = fromVideo(camera.video);
  for (let n = 1, known = best && sharpness(best); best && n < BURST && await camera.fresh(); n += 1) {
    const next = fromVideo(camera.video);
    const found = next ? sharpness(next) : -1;
    const worse = found > known ? best : next;
    if (worse) worse.width = 0; // some phones have memory for few
    if (found > known) [best, known] = [next, found];
  }
  return best;
}

function fromVideo(video) {
  if (!video.videoWidth) return null;
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d", { alpha: false }).drawImage(video, 0, 0);
  return canvas;
}

function within(milliseconds, work) {
  return Promise.race([work(), sleep(milliseconds).then(() => { throw new Error("too slow"); })]);
}
