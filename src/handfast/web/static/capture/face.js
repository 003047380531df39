/** Face: look, turn, come closer, follow a dot, count. A dot to follow, a ring that fills. */

import { button } from "../shared/dom.js";
import { watchFace } from "./models.js";
import { stream } from "./frames.js";

const TURNS = { "turn-left": 1, "turn-right": -1 };
const AIMS = { left: 1, right: -1, up: -1, down: 1 }; // of the person: right of them is -1
const MOVES = ["turn-left", "turn-right", "turn-up", "closer", "follow"];
const CANNOT = 7000; // ms at a movement until a way without one is offered

/** The person cannot move as asked: a challenge without movements. */
export class CannotMove extends Error {}

export async function faceTask(app, stage, challenge, task) {
  stage.face();
  stage.instruct(`task-${task.kind}`);
  stage.box.dataset.task = task.kind;
  const goal = TURNS[task.kind] ?? 0;
  const toScreen = app.camera.mirrored ? -1 : 1; // the person's left is the mirror's left
  stage.ring.dot(task.kind === "closer" ? null : goal * toScreen, task.kind === "turn-up" ? -1 : 0);
  const eyes = goal ? watchFace(app.camera, ({ turn }) => stage.ring.dot((goal * 0.35 + turn * 0.65) * toScreen)) : null;
  try {
    return await ringed(app, stage, challenge, task, `task-${task.kind}`);
  } finally {
    eyes?.stop();
    delete stage.box.dataset.task;
  }
}

/** The dot goes where the server says, once the head points where it was; first to `dot`, if that is known already. */
export async function followTask(app, stage, challenge, task, dot) {
  stage.face();
  stage.instruct("task-follow");
  stage.box.dataset.task = task.kind;
  const toScreen = app.camera.mirrored ? -1 : 1;
  const show = (place) => {
    stage.box.dataset.dot = place ?? "";
    const [x, y] = placed(place);
    stage.ring.dot(x * toScreen, y);
  };
  show(dot);
  try {
    return await ringed(app, stage, challenge, task, "task-follow", (seen) => show(seen.dot));
  } finally {
    delete stage.box.dataset.task;
    delete stage.box.dataset.dot;
  }
}

/** How far across and down a place of the dot lies ("left", "up-left"), on the ring; [0, 0] without one. */
function placed(dot) {
  const parts = dot ? dot.split("-") : [];
  const far = parts.length > 1 ? Math.SQRT1_2 : 1;
  const side = parts.find((part) => part === "left" || part === "right");
  const height = parts.find((part) => part === "up" || part === "down");
  return [side ? far * AIMS[side] : 0, height ? far * AIMS[height] : 0];
}

/** So many fingers beside the face. */
export async function countTask(app, stage, challenge, task) {
  stage.count(task.count);
  stage.instruct(`task-count-${task.count}`);
  return ringed(app, stage, challenge, task, `task-count-${task.count}`);
}

/** Sends pictures while the ring fills; `each` hears every answer that says where the task stands. */
async function ringed(app, stage, challenge, task, key, each = () => {}) {
  const front = challenge.tasks.filter(({ kind }) => !["hand", "fingers"].includes(kind));
  const before = front.findIndex(({ id }) => id === task.id);
  let cannot = false;
  const other = button("cannot", app.page.word("cannot"), () => { cannot = true; }, { kind: "quiet" });
  const offer = MOVES.includes(task.kind) && setTimeout(() => stage.below.replaceChildren(other), CANNOT);
  try {
    const answer = await stream(app, challenge, task, {
      kind: "frame",
      hinted: (hint) => guideBy(stage, hint, key),
      each: (said) => {
        stage.ring.fill((before + said.task.progress) / front.length);
        stage.box.dataset.face = said.face ? "seen" : "unseen";
        guideBy(stage, said.hint, key);
        each(said);
      },
      stop: () => cannot,
    });
    if (cannot) throw new CannotMove();
    stage.ring.fill((before + 1) / front.length);
    return answer;
  } finally {
    clearTimeout(offer);
    other.remove();
  }
}

/** The server's hint while there is one, else the task's own words. */
export function guideBy(stage, hint, key) {
  if (!hint || hint === key.slice(5)) stage.instruct(key, { hint: false, quiet: true });
  else stage.instruct(hint, { hint: true });
}
