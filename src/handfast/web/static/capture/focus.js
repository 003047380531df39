/** How sharp a fingertip is, measured at one fixed resolution, because sharpness means something only at a fixed ppi. */

const PPI = 250; // px an inch of the measured crop
const FINGER_MM = 16.3; // 35.5 ridges of 0.46 mm: the width of a fingertip
const SIDE = 128; // px: 13 mm of the pad
const PAD = 0.4; // of a fingertip's box, from its top
const RECENT = 2500; // ms
const NEAR_BEST = 0.8;

const canvas = document.createElement("canvas");
canvas.width = canvas.height = SIDE;

/** Resolution of a picture in which a finger is `width` px wide. */
export const ppiOf = (width) => width / (FINGER_MM / 25.4);

/**
 * Ridge contrast of a pad: root mean square of the Laplacian over the mean brightness.
 * `tip` is {x, y, width} in parts of the picture, a video or a canvas.
 */
export function ridgeContrast(picture, tip) {
  const [width, height] = [picture.videoWidth ?? picture.width, picture.videoHeight ?? picture.height];
  const side = SIDE * ppiOf(tip.width * width) / PPI;
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  context.drawImage(picture, tip.x * width - side / 2, tip.y * height - side / 2, side, side, 0, 0, SIDE, SIDE);
  const pixels = context.getImageData(0, 0, SIDE, SIDE).data;
  let energy = 0;
  let brightness = 0;
  for (let y = 1; y < SIDE - 1; y += 1) {
    for (let x = 1; x < SIDE - 1; x += 1) {
      const at = 4 * (y * SIDE + x) + 1; // green carries the ridges
      const bend = pixels[at - 4] + pixels[at + 4] + pixels[at - 4 * SIDE] + pixels[at + 4 * SIDE] - 4 * pixels[at];
      energy += bend * bend;
      brightness += pixels[at];
    }
  }
  const count = (SIDE - 2) ** 2;
  return Math.sqrt(energy / count) / (brightness / count + 8);
}

/** The middle of the pad of a fingertip that the server saw in this box (parts of the picture). */
export const tipIn = ([x, y, width, height]) => ({ x: x + width / 2, y: y + PAD * height, width });

/** The bars between two answers of the server: its own focus, moved by how the contrast changed since. */
export class FocusBars {
  #server = new Map();
  #now = new Map();
  #best = [];

  /** The server's focus (0..1) of a finger. */
  heard(position, focus) {
    this.#server.set(position, { focus, contrast: this.#now.get(position) ?? null });
  }

  measured(position, contrast) {
    this.#now.set(position, contrast);
  }

  /** Whether the picture is about as sharp as it was at its best in the last seconds: the moment for a photo. */
  atBest(now = performance.now()) {
    const contrasts = [...this.#now.values()];
    if (!contrasts.length) return true;
    const mean = contrasts.reduce((sum, contrast) => sum + contrast, 0) / contrasts.length;
    this.#best = this.#best.filter(({ at }) => now - at < RECENT);
    this.#best.push({ at: now, mean });
    return mean >= NEAR_BEST * Math.max(...this.#best.map((seen) => seen.mean));
  }

  /** 0..1 */
  bar(position) {
    const server = this.#server.get(position);
    const now = this.#now.get(position) ?? null;
    if (!server) return now === null ? 0 : Math.min(0.5, now * 3);
    if (now === null || !server.contrast) return server.focus;
    return Math.min(1, server.focus * Math.min(1.5, Math.max(0.4, now / server.contrast)));
  }
}
