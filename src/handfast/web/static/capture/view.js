/** How the video's picture lies in a photo of the same camera: the video is the photo's middle, cut to another shape. */

/** Parts (0..1) of the photo's width and height that the video shows. */
export function shownPart(video, photo) {
  const shape = video.videoWidth / video.videoHeight;
  const whole = photo.width / photo.height;
  return { x: Math.min(1, shape / whole), y: Math.min(1, whole / shape) };
}

/** A rectangle given in parts of the video, in parts of the photo. */
export function inPhoto([x, y, width, height], video, photo) {
  const part = shownPart(video, photo);
  return [(x - 0.5) * part.x + 0.5, (y - 0.5) * part.y + 0.5, width * part.x, height * part.y];
}

/** The smallest rectangle around all of these. */
export function around(rectangles) {
  const x = Math.min(...rectangles.map(([left]) => left));
  const y = Math.min(...rectangles.map(([, top]) => top));
  const right = Math.max(...rectangles.map(([left, , width]) => left + width));
  const foot = Math.max(...rectangles.map(([, top, , height]) => top + height));
  return [x, y, right - x, foot - y];
}

/** A rectangle with a margin (parts of its own size: sides, top, bottom), kept inside the picture. */
export function widened([x, y, width, height], { sides, top, bottom }) {
  const x0 = Math.max(0, x - width * sides);
  const y0 = Math.max(0, y - height * top);
  return [x0, y0, Math.min(1, x + width * (1 + sides)) - x0, Math.min(1, y + height * (1 + bottom)) - y0];
}

/** A rectangle of the photo in parts of a crop of it. */
export function inCrop([x, y, width, height], [left, top, w, h]) {
  return [(x - left) / w, (y - top) / h, width / w, height / h];
}
