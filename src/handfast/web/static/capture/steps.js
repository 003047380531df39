/** From the yes to the end: fetched while the welcome is read. This file is the table of contents of what follows it. */

import { agree } from "./agree.js";
import { showAnswer } from "./answer.js";
import { Camera } from "./camera.js";
import { showCard, showPrivateCode } from "./card.js";
import { chooseFingers, chooseHand } from "./choose.js";
import { done } from "./done.js";
import { countTask, faceTask, followTask, CannotMove } from "./face.js";
import { fingersTask, FaceOnly } from "./fingers.js";
import { handTask } from "./hand.js";
import { choosePin } from "./pin.js";
import { chooseHelpHand } from "./help_hand.js";
import { preload } from "./models.js";
import { Stage } from "./stage.js";
import { AnotherWay } from "./way.js";
import { sleep } from "../shared/dom.js";
import { declined, tellAnswer } from "./welcome.js";

const MOST_AGAIN = 2; // times that a step which failed is begun again by itself
const TO_READ = 2200; // ms that the reason stands before

/** A step can no longer be shown: what is left is not worth the person's time, so all begins anew with another challenge. */
class Again extends Error {
  constructor(hint) {
    super(hint);
    this.hint = hint;
  }
}

preload(); // while the welcome is read

const RUNNERS = { look: faceTask, "turn-left": faceTask, "turn-right": faceTask, "turn-up": faceTask, closer: faceTask, follow: followTask, count: countTask, hand: handTask, fingers: fingersTask };

/** Goes on from the yes at the welcome, or from null where the person had said it before this page was loaded. */
export async function goOn(app, greeting) {
  const enrol = app.session.kind === "enrol" && !app.session.help; // new pictures stand under the old yes
  let heard = Promise.resolve();
  if (greeting) {
    const said = enrol ? await agree(app) : greeting;
    heard = app.line.timed(tellAnswer(app, said));
    if (said.answer === "no") {
      await heard;
      return declined(app);
    }
  }

  const chosen = app.session.kind === "check" ? chooseHand(app) : chooseFingers(app); // while the yes is on its way
  const wanted = await Promise.race([chosen, heard.then(() => chosen)]);
  const { outcome, shown } = await captured(app, wanted, heard);
  await showAnswer(app, outcome);
  if (outcome.page_token) return location.replace(`/me#open=${outcome.page_token}`);
  if (outcome.outcome === "retaken") await chooseHelpHand(app, shown, outcome);
  if (outcome.outcome === "retaken") return done(app);
  if (outcome.outcome !== "enrolled") return;
  if (!outcome.card) return done(app); // the second sitting of a study: they have it from the first

  await showCard(app, outcome);
  await showPrivateCode(app, outcome);
  await choosePin(app);
  if (!app.page.study) await chooseHelpHand(app, shown, outcome); // nobody is checked in a study, so nobody is forced to be
  done(app);
}

/** Takes all pictures once the yes was `heard` and waits for the answer; a challenge that ran out of time begins again. */
async function captured(app, wanted, heard) {
  const stage = new Stage(app);
  app.camera = new Camera(stage.video, app);
  for (let again = 0; ;) {
    app.step = "camera";
    const opening = app.camera.use(firstSide(app, wanted), stage); // meanwhile
    opening.catch(() => {}); // met below
    await heard;
    const challenge = await drawn(app, wanted);
    try {
      await opening;
      await takeAll(app, stage, challenge, { bears: again >= MOST_AGAIN });
      await app.paused;
      app.exit.signal.throwIfAborted();
      app.camera.close();
      stage.waiting("checking");
      return { outcome: await app.api.post("/v1/capture/finish", {}, { patience: 8000 }), shown: wanted };
    } catch (error) {
      if (error instanceof FaceOnly && app.session.kind === "find") throw new AnotherWay("no-hand"); // nobody is looked for by face alone
      if (error instanceof FaceOnly) wanted = { ...wanted, hands: [], missing: [] };
      else if (error instanceof Again) {
        again += 1;
        await told(app, stage, error);
      }
      else if (error instanceof CannotMove) wanted = { ...wanted, moves: false };
      else if (error.code === "session-expired") await app.problems.ask("start-again", [{ action: "start-again", label: "start-again", kind: "go" }]);
      else throw error;
    }
  }
}

/** A challenge; over a slow line the connections for its first pictures are opened meanwhile. */
async function drawn(app, wanted) {
  const challenge = app.line.timed(app.api.challenge(wanted));
  if (app.line.atOnce > 1) setTimeout(() => app.api.warm(app.line.atOnce - 1)); // and it has the one that is open
  return challenge;
}

/** The camera of the first step. */
function firstSide(app, { face }) {
  return app.session.mode === "attended" || face === false ? "rear" : "front";
}

/** One thing to do better, or only that it is done once more. */
async function told(app, stage, { hint }) {
  app.step = document.body.dataset.step = "again";
  stage.again();
  stage.instruct(hint in app.page.prompts ? hint : "try-again", { hint: true, now: true });
  app.voice.nudge();
  await sleep(TO_READ);
  app.exit.signal.throwIfAborted();
}

/** Every step in turn; `bears` a failed one, for a person to decide about. */
async function takeAll(app, stage, challenge, { bears }) {
  let dot = null; // where it goes first, told with the end of the step before
  for (let next = 0; next !== null && next < challenge.tasks.length;) {
    const task = challenge.tasks[next];
    app.step = task.kind;
    document.body.dataset.step = task.kind;
    await app.camera.use(task.camera, stage);
    const answer = await RUNNERS[task.kind](app, stage, challenge, task, dot);
    app.exit.signal.throwIfAborted();
    if (answer.task?.state === "failed" && task.kind !== "fingers" && !bears) throw new Again(answer.hint);
    dot = answer.dot ?? null;
    next = answer.done ? null : answer.next;
  }
}
