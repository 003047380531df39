/** Face: look, turn, come closer. A dot to follow, a ring that fills. */

import { watchFace } from "./models.js";
import { stream } from "./frames.js";

const TURNS = { "turn-left": 1, "turn-right": -1 };

export async function faceTask(app, stage, challenge, task) {
  stage.face();
  const front = challenge.tasks.filter(({ kind }) => !["hand", "fingers"].includes(kind));
  const before = front.findIndex(({ id }) => id === task.id);
  const key = `task-${task.kind}`;
  stage.instruct(key);
  stage.box.dataset.task = task.kind;
  const goal = TURNS[task.kind] ?? 0;
  const toScreen = app.camera.mirrored ? -1 : 1; // the person's left is the mirror's left
  stage.ring.dot(task.kind === "closer" ? null : goal * toScreen);
  const eyes = watchFace(app.camera, ({ turn }) => goal && stage.ring.dot((goal * 0.35 + turn * 0.65) * toScreen));
  try {
    const answer = await stream(app, challenge, task, {
      kind: "frame",
      hinted: (hint) => guideBy(stage, hint, key),
      each: ({ task: seen, hint, face }) => {
        stage.ring.fill((before + seen.progress) / front.length);
        stage.box.dataset.face = face ? "seen" : "unseen";
        guideBy(stage, hint, key);
      },
    });
    stage.ring.fill((before + 1) / front.length);
    return answer;
  } finally {
    eyes.stop();
    delete stage.box.dataset.task;
  }
}

/** The server's hint while there is one, else the task's own words. */
export function guideBy(stage, hint, key) {
  if (!hint || hint === key.slice(5)) stage.instruct(key, { hint: false, quiet: true });
  else stage.instruct(hint, { hint: true });
}
