/** The capture page: reads the link, shows the frame, runs the session, and meets whatever goes wrong. */

import { Api, Refusal } from "./api.js";
import { Line } from "./line.js";
import { Problems } from "./problems.js";
import { AnotherWay, anotherWayButton, leave } from "./way.js";
import { run } from "./session.js";
import { Voice } from "./voice.js";
import { takeToken } from "./link.js";
import { Page } from "../shared/page.js";

const voice = new Voice();
const page = new Page({ extra: [() => voice.button(page)] });
const problems = new Problems(page, voice);
const api = new Api(takeToken(), (kind) => problems.trouble(kind));
const exit = new AbortController();
const app = { page, voice, problems, api, exit, line: new Line(), session: null, step: "welcome", paused: null };

const opened = app.line.timed(api.get("/v1/capture")); // all that the welcome needs is asked for at once
opened.catch(() => {}); // met below
[page.prompts] = await Promise.all([fetch("/static/prompts.json").then((answer) => answer.json()), page.start()]);
voice.pack = () => page.pack;
const footer = document.querySelector("footer");
app.drawFoot = () => footer.replaceChildren(anotherWayButton(app));

try {
  await Promise.race([run(app, opened), rejected(exit.signal)]);
} catch (error) {
  app.camera?.close();
  if (error instanceof AnotherWay) await leave(app, error);
  else if (error instanceof Refusal) problems.end(error.code);
  else throw error;
} finally {
  app.camera?.close();
  footer.replaceChildren();
}

function rejected(signal) {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}
