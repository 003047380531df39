/** What the line to the server can carry, learned from the pictures it carried: how many at once, and how large. */

const GAP = 300; // ms that a line may keep a picture while one at a time still makes three a second
const PACE = 200; // ms between pictures of which several are on their way
const REST = 2; // times as long as the server has a picture until the next may come: it is never sent more than it can judge
const MOST = 4; // pictures on their way at once, each on a connection of its own: a lost packet holds up one of them
const QUICK = 350; // ms: a picture that is away for longer is made smaller
const PICTURE = 1.5; // times as long as a few bytes, a picture is expected to be away
const SMALLEST = 0.67; // of a picture's usual width and quality
const FALL = 2.5; // power of that share by which the bytes of a picture fall: 36 kB are 13 kB at 0.67
const UNKNOWN = 40_000; // bytes that a picture of usual width and quality is expected to have, until one was made
const MEMORY = 0.7; // of what was known before, at each new picture
const PHOTO = { least: 200_000, most: 600_000 }; // bytes
const SHARE = 150_000_000; // byte-milliseconds: on a line that takes 500 ms for a picture a photo has 300 kB

export class Line {
  #away = 0;
  #took = 0;
  #spent = 0;
  #whole = UNKNOWN;
  #known = false;

  /** A picture was answered after `took` ms, of which the server needed `spent` itself. */
  carried(took, spent) {
    this.#known = true;
    const blend = (known, now) => (known ? MEMORY * known + (1 - MEMORY) * now : now);
    this.#took = blend(this.#took, took);
    this.#spent = blend(this.#spent, spent);
    this.#away = blend(this.#away, Math.max(1, took - spent));
  }

  /** A request of a few bytes was answered after `took` ms: what is known until the first picture was. */
  answered(took) {
    if (!this.#known) this.#away = this.#took = PICTURE * took;
  }

  /** A picture made smaller by `share` has so many bytes. */
  made(share, bytes) {
    this.#whole = bytes / share ** FALL;
  }

  /** By what a picture's width and quality are multiplied, 0.67 .. 1, if it is to have `most` bytes. */
  share(most = Infinity) {
    const slow = Math.max(this.#away, this.#took / 2);
    const fits = (most / this.#whole) ** (1 / FALL);
    return Math.min(1, Math.max(SMALLEST, Math.min(fits, slow ? QUICK / slow : 1)));
  }

  /** Pictures on their way at once: more than one only where the line keeps them long, never because the server does. */
  get atOnce() {
    if (this.#away <= GAP) return 1;
    return Math.min(MOST, Math.max(1, Math.ceil(this.#took / Math.max(PACE, REST * this.#spent))));
  }

  /** Bytes of a photo that nobody waits for longer than four seconds. */
  get photo() {
    return this.#away ? Math.round(Math.min(PHOTO.most, Math.max(PHOTO.least, SHARE / this.#away))) : PHOTO.most;
  }
}
