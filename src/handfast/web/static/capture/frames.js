/** The stream of small pictures that the server judges: one on its way at a time, as fast as both sides keep up. */

import { sleep } from "../shared/dom.js";

export const PACES = {
  frame: { every: 190, width: 480, quality: 0.74 },
  preview: { every: 280, width: 360, quality: 0.7 },
};
const MOST = 85; // bytes a millisecond over a while: under 90 kB a second

/** Whether the answer says that the task is over; a hint alone says nothing of it. */
export function isOver(answer, task) {
  return Boolean(answer.task) && (answer.done || answer.task.state !== "going" || (answer.next !== null && answer.next !== task.id));
}

/**
 * Sends pictures of a task until it is over, or until `stop(answer)` says so; gives the last answer.
 * `each(answer)` hears every one; `hinted(hint)` those that hold nothing but a hint.
 * On a slow line the pictures get smaller, never the person's time longer; on a fast one they stay under 90 kB a second.
 */
export async function stream(app, challenge, task, { kind, each, hinted, stop = () => false, guide = null }) {
  const pace = { ...PACES[kind] };
  for (;;) {
    await app.camera.ready();
    await app.camera.fresh();
    const began = performance.now();
    const picture = await app.camera.jpeg(pace.width, pace.quality);
    if (!picture) continue; // the camera went away meanwhile
    const answer = await app.api.frame(challenge, task.id, kind, picture, guide?.());
    const took = performance.now() - began;
    app.exit.signal.throwIfAborted();
    if (answer) {
      if (answer.task) each(answer);
      else hinted(answer.hint);
      if (isOver(answer, task) || stop(answer)) return answer;
    }
    pace.quality = took > 800 ? Math.max(0.5, pace.quality - 0.08) : PACES[kind].quality;
    pace.width = took > 1200 ? Math.max(320, pace.width * 0.85) : PACES[kind].width;
    await sleep(Math.max(20, pace.every - took, picture.size / MOST - took));
  }
}
