/** The stream of small pictures that the server judges, as fast as the line and both sides keep up. */

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
 * Sends pictures of a task until it is over, or until `stop(answer)` says so; gives the answer that ended it.
 * `each(answer)` hears every one; `hinted(hint)` those that hold nothing but a hint.
 * On any line they stay under 90 kB a second, and on a slow one they get smaller still: never the person's time longer.
 * Where the line keeps each of them long, the next one leaves before the last is answered; one overtaken on the way is
 * refused by the server, and the next takes its place.
 */
export async function stream(app, challenge, task, { kind, each, hinted, stop = () => false, guide = null }) {
  const pace = PACES[kind];
  const onTheWay = new Set();
  let ended = null, failure = null, tell = null, sent = 0, heard = 0;
  let wanted = 0; // ms between pictures, as the server wants it
  const over = new Promise((resolve) => { tell = resolve; });
  const send = async (picture) => {
    const began = performance.now();
    const number = sent += 1;
    const answer = await app.api.frame(challenge, task.id, kind, picture, guide?.());
    app.exit.signal.throwIfAborted();
    if (!answer || ended) return;
    if (answer.spent) app.line.carried(performance.now() - began, answer.spent);
    wanted = answer.next_in_ms ?? wanted;
    if (number < heard) return; // overtaken: it would put the dot back
    heard = number;
    if (answer.task) each(answer);
    else hinted(answer.hint);
    if (isOver(answer, task) || stop(answer)) ended = answer;
  };
  const going = () => !ended && !failure;
  let coming = app.camera.fresh();
  while (going()) {
    await app.camera.ready();
    const isNew = await coming;
    const began = performance.now();
    const rest = Math.max(pace.every, wanted);
    const share = app.line.share(rest * MOST);
    const picture = isNew && going() && await app.camera.jpeg(pace.width * share, pace.quality * share ** 1.5);
    coming = app.camera.fresh(); // it may come during the rest
    if (!picture || !going()) continue; // over, or the camera went away meanwhile
    app.line.made(share, picture.size);
    const one = send(picture).catch((error) => { failure ??= error; }).finally(() => {
      onTheWay.delete(one);
      if (!going()) tell();
    });
    onTheWay.add(one);
    while (going() && onTheWay.size >= app.line.atOnce) await Promise.race(onTheWay);
    const took = performance.now() - began;
    await Promise.race([over, sleep(Math.max(20, rest - took, picture.size / MOST - took))]);
  }
  if (failure && !ended) throw failure;
  return ended;
}
