/** What the line to the server can carry, learned from the pictures it carried: how many at once, and how large. */

const GAP = 300; // ms that a line may keep a picture while one at a time still makes three a second
const PACE = 200; // ms between pictures of which several are on their way
const REST = 2; // times as long as the server has a picture until the next may come: it is never sent more than it can judge
const SELDOM = 330; // ms between pictures at most, by which a person can still be guided: three a second
const MOST = 5; // pictures on their way at once, each on a connection of its own: a lost packet holds up one of them
const SPARE = 1; // of them, in place of one that a lost packet holds up
const QUICK = 350; // ms: a picture that is away for longer is made smaller
const PACKETS = 12_000; // bytes that a connection sends, with what goes before them, without hearing back: ten packets
const PICTURE = 1.5; // times as long as a few bytes, a picture is expected to be away
const SMALLEST = 0.6; // of a picture's usual width and quality
const FALL = 2.5; // power of that share by which the bytes of a picture fall: 36 kB are 13 kB at 0.67
const UNKNOWN = 40_000; // bytes that a picture of usual width and quality is expected to have, until one was made
const RATE = 84; // bytes a millisecond over a while: under 90 kB a second on any line
const AHEAD = 16_000; // bytes that may go before their time
const MEMORY = 0.7; // of what was known before, at each new picture
const PHOTO = { least: 200_000, most: 600_000 }; // bytes
const SHARE = 150_000_000; // byte-milliseconds: on a line that takes 500 ms for a picture a photo has 300 kB
const UPLOAD = 4000; // ms for that
const LOOK = 800; // ms that the server is expected to look at a photo

export class Line {
  #away = 0;
  #took = 0;
  #spent = 0;
  #whole = UNKNOWN;
  #owed = 0;
  #paid = 0;
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

  /** The answer to a few bytes; a line that keeps them for long is treated as a slow one from the first picture on. */
  async timed(asked) {
    const began = performance.now();
    const answer = await asked;
    this.answered(performance.now() - began);
    return answer;
  }

  /** A picture made smaller by `share` has so many bytes and leaves now; gives the ms until the next one may. */
  leaves(share, bytes, now = performance.now()) {
    this.#whole = bytes / share ** FALL;
    this.#owed = Math.max(0, this.#owed - RATE * (now - this.#paid)) + bytes;
    this.#paid = now;
    return (this.#owed - AHEAD) / RATE;
  }

  /** By what a picture's width and quality are multiplied, 0.6 .. 1, if one is sent every so many ms. */
  share(every = Infinity) {
    const slow = Math.max(this.#away, this.#took / 2);
    const fits = (Math.min(RATE * every, this.#isLong ? PACKETS : Infinity) / this.#whole) ** (1 / FALL);
    return Math.min(1, Math.max(SMALLEST, Math.min(fits, slow ? QUICK / slow : 1)));
  }

  /** Pictures on their way at once: more than one only where the line keeps them long, never because the server does. */
  get atOnce() {
    return this.#isLong ? Math.min(MOST, SPARE + Math.ceil(this.#took / Math.max(PACE, this.rest))) : 1;
  }

  /** Milliseconds between two pictures that are on their way at once, so that the server has rest from them. */
  get rest() {
    return this.#isLong ? Math.min(SELDOM, REST * this.#spent) : 0;
  }

  /** Bytes of a photo that nobody waits for longer than four seconds. */
  get photo() {
    return this.#away ? Math.round(Math.min(PHOTO.most, Math.max(PHOTO.least, SHARE / this.#away))) : PHOTO.most;
  }

  /** Milliseconds in which the answer to a photo of so many bytes is expected. */
  expected(bytes) {
    return LOOK + UPLOAD * bytes * this.#away / SHARE;
  }

  get #isLong() {
    return this.#away > GAP;
  }
}
