/** The stream of small pictures that the server judges, as fast as the line and both sides keep up. */

import { sleep } from "../shared/dom.js";

export const PACES = {
  frame: { every: 190, width: 480, quality: 0.74 },
  preview: { every: 280, width: 360, quality: 0.7 },
};
const IN_A_ROW = { look: 4, hand: 0, count: 0 }; // steps that a few good pictures in a row end, and how many are expected to be good from the first on
const QUICKLY = 100; // ms between those
const CONNECTIONS = 5; // of six that a browser opens to one server

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
  const onTheWay = new Map(); // by number
  let ended = null, failure = null, tell = null, sent = 0, heard = 0;
  let wanted = 0; // ms between pictures, as the server wants it
  let row = IN_A_ROW[task.kind] ?? 0; // pictures that are expected to be good, so that they end the step
  const over = new Promise((resolve) => { tell = resolve; });
  const late = new AbortController(); // aborted once no answer to a picture is waited for
  const send = async (picture, number) => {
    const began = performance.now();
    const answer = await app.api.frame(challenge, task.id, kind, picture, guide?.(), late.signal);
    app.exit.signal.throwIfAborted();
    if (!answer || ended) return;
    if (answer.spent) app.line.carried(performance.now() - began, answer.spent);
    wanted = answer.next_in_ms ?? wanted;
    if (number < heard) return; // overtaken: it would put the dot back
    heard = number;
    row = task.kind in IN_A_ROW && answer.task?.progress > 0 ? Infinity : 0;
    if (answer.task) each(answer);
    else hinted(answer.hint);
    if (isOver(answer, task) || stop(answer)) ended = answer;
  };
  const going = () => !ended && !failure;
  const awaited = () => [...onTheWay.keys()].filter((number) => number > heard).length; // one overtaken holds up nothing
  const full = () => awaited() >= app.line.atOnce || onTheWay.size >= CONNECTIONS;
  const rest = () => Math.max(app.line.rest, sent < row && wanted <= pace.every ? QUICKLY : Math.max(pace.every, wanted));
  let coming = app.camera.fresh();
  while (going()) {
    await app.camera.ready();
    const isNew = await coming;
    const began = performance.now();
    const share = app.line.share(Math.max(pace.every, wanted));
    const picture = isNew && going() && await app.camera.jpeg(pace.width * share, pace.quality * share ** 1.5);
    coming = app.camera.fresh(); // it may come during the rest
    if (!picture || !going()) continue; // over, or the camera went away meanwhile
    const mayAfter = app.line.leaves(share, picture.size);
    const number = sent += 1;
    onTheWay.set(number, send(picture, number).catch((error) => { failure ??= error; }).finally(() => {
      onTheWay.delete(number);
      if (!going()) tell();
    }));
    while (going() && full()) await Promise.race(onTheWay.values());
    const due = began + Math.max(rest(), mayAfter);
    await Promise.race([over, sleep(Math.max(20, due - performance.now()))]);
  }
  late.abort();
  if (failure && !ended) throw failure;
  return ended;
}
