/** The open hand beside the face: an outline to step into. */

import { guideBy } from "./face.js";
import { stream } from "./frames.js";

export async function handTask(app, stage, challenge, task) {
  stage.hand(task.hand);
  const key = `task-hand-${task.hand}`;
  stage.instruct(key);
  return stream(app, challenge, task, {
    kind: "frame",
    hinted: (hint) => guideBy(stage, hint, key),
    each: ({ task: seen, hint }) => {
      stage.guide.style.setProperty("--settled", seen.progress);
      guideBy(stage, hint, key);
    },
  });
}
