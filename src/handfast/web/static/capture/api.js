/** Speaking with the server: signed frames, calm retries, refusals by their code. */

import { sleep } from "../shared/dom.js";
import { frameSignature } from "./sign.js";

const SLOW = 2000; // ms without an answer until the person is told
const GIVE_UP = 3; // times that long, until one try is given up and another begins
const LONGEST_WAIT = 4000; // ms between tries
const BLIP = 900; // ms of failures that nobody needs to hear of
const UPLOAD = 8000; // ms that a still may take, while the page says that it is being sent
const BUSY = [429, 502, 503, 504];

/** The server said no, with a code of ours (RFC 9457). */
export class Refusal extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.code = problem.code ?? "unknown";
    this.advice = problem.advice ?? null;
  }
}

export class Api {
  #number = 0;
  #wrong = null;
  #heard = 0;

  /** `trouble(kind)` is told "connection", "server-gone" or "busy" while it lasts, and null when it is over. */
  constructor(token, trouble) {
    this.token = token;
    this.trouble = trouble;
  }

  get(path) {
    return this.#again(() => ({ path, method: "GET" }));
  }

  post(path, body = {}, { patience = SLOW } = {}) {
    const request = { path, method: "POST", body: JSON.stringify(body), type: "application/json" };
    return this.#again(() => request, patience);
  }

  /** A new challenge; frames are counted and timed from its arrival. */
  async challenge(wanted) {
    const challenge = await this.post("/v1/capture/challenge", wanted);
    this.#number = 0;
    return { ...challenge, arrived: performance.now() };
  }

  /** Opens so many connections, which takes a slow line a round trip or more, before there is anything to send. */
  warm(count) {
    for (let n = 0; n < count; n += 1) this.#fetch({ path: "/static/prompts.json", method: "HEAD" }, SLOW).catch(() => {});
  }

  /**
   * Sends one picture of a task and gives the server's answer, or null if it did not count (the next picture will).
   * A picture that shows nothing usable is answered by the one thing to do about it: {hint} alone.
   * Pictures are numbered, so a lost one is never sent twice; a still is worth trying again under a new number.
   * Nobody hears of what goes wrong with one once `over` is aborted: it does not matter any more.
   */
  async frame(challenge, task, kind, picture, guide = null, over = null) {
    const bytes = await picture.arrayBuffer();
    const make = async () => {
      const n = this.#number++;
      const t = Math.round(performance.now() - challenge.arrived);
      const signature = await frameSignature(challenge, { task, n, t, kind, bytes });
      const headers = { "Handfast-Frame": signature, ...(guide && { "Handfast-Guide": guide.map((part) => Math.min(1, Math.max(0, part)).toFixed(4)).join(",") }) };
      const query = new URLSearchParams({ task, n, t, kind });
      return { path: `/v1/capture/frames?${query}`, method: "POST", body: bytes, type: "image/jpeg", headers };
    };
    try {
      return await this.#again(make, kind === "still" ? UPLOAD : SLOW, kind === "still" ? Infinity : 1, over);
    } catch (error) {
      if (error instanceof Refusal && error.advice) return { hint: error.advice };
      if (error instanceof Refusal && ["frame-refused", "bad-image", "unreadable-image", "image-too-large"].includes(error.code)) return null;
      throw error;
    }
  }

  async #again(make, patience = SLOW, tries = Infinity, over = null) {
    const trouble = (kind) => over?.aborted || this.trouble(kind);
    for (let failed = 0; failed < tries; failed += 1) {
      const silence = this.#silence(patience, () => trouble("connection"));
      try {
        const response = await this.#fetch(await make(), GIVE_UP * patience);
        this.#heard = performance.now();
        if (!BUSY.includes(response.status) && !(response.status === 500 && failed < 2)) {
          this.#wrong = null;
          this.trouble(null);
          return await read(response);
        }
        if (this.#wrongFor() > SLOW) trouble("busy");
        await sleep(1000 * (Number(response.headers.get("Retry-After")) || 1));
      } catch (error) {
        if (error instanceof Refusal) throw error;
        if (!navigator.onLine || error.name === "TimeoutError") trouble("connection");
        else if (this.#wrongFor() > BLIP) trouble("server-gone");
        await sleep(Math.min(LONGEST_WAIT, 400 * 2 ** Math.min(failed, 4)));
      } finally {
        silence.end();
      }
    }
    return null;
  }

  /** Calls `tell` once nothing at all was answered for `patience` ms from now; one answer that is late is no lost line. */
  #silence(patience, tell) {
    const began = performance.now();
    let timer;
    const wait = () => {
      const left = Math.max(began, this.#heard) + patience - performance.now();
      if (left > 0) timer = setTimeout(wait, left);
      else tell();
    };
    wait();
    return { end: () => clearTimeout(timer) };
  }

  /** Milliseconds since the first of the failures that have not ended yet. */
  #wrongFor() {
    this.#wrong ??= performance.now();
    return performance.now() - this.#wrong;
  }

  #fetch({ path, method, body, type, headers = {} }, limit) {
    return fetch(path, {
      method,
      body,
      headers: { Authorization: `Bearer ${this.token}`, ...(type && { "Content-Type": type }), ...headers },
      cache: "no-store",
      signal: AbortSignal.timeout(limit),
    });
  }
}

/** The answer; of a picture with `spent`, the ms that the server had it. */
async function read(response) {
  const spent = Number(/dur=([\d.]+)/.exec(response.headers.get("Server-Timing") ?? "")?.[1] ?? 0);
  if (response.ok) return response.status === 204 ? {} : { ...await response.json(), ...(spent && { spent }) };
  throw new Refusal(await response.json().catch(() => ({ code: response.status === 404 ? "session-unknown" : "unknown" })));
}
