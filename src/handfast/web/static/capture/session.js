/** One session: it is opened, the welcome is shown, and what follows is fetched meanwhile. */

import { Refusal } from "./api.js";
import { sleep } from "../shared/dom.js";
import { declined, tellAnswer, welcome } from "./welcome.js";

const SOON = 300; // ms without anything new on the screen, until a ring turns there
const AGAIN = 700; // ms between tries

/** `opened` is the session as the server tells it. */
export async function run(app, opened) {
  app.session = await opened;
  app.page.study = app.session.programme.study_ends_on !== null;
  await app.page.start(app.session.languages, app.session.language);
  app.drawFoot();
  if (app.session.state === "finished") throw new Refusal({ code: "session-spent" });

  const coming = steps(app);
  const greeting = app.session.state === "welcome" ? await welcome(app) : null;
  if (greeting?.answer === "no") {
    await tellAnswer(app, greeting);
    return declined(app);
  }
  const ring = setTimeout(() => app.page.show("loading", () => []), SOON);
  const { goOn } = await coming;
  clearTimeout(ring);
  return goOn(app, greeting);
}

/** The module of what follows; tried until it comes, however bad the line. */
async function steps(app) {
  for (let failed = 0; ; failed += 1) {
    try {
      const module = await import(failed ? `./steps.js?${failed}` : "./steps.js");
      if (failed) app.problems.trouble(null);
      return module;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it came, and is wrong
      if (failed) app.problems.trouble("connection");
      await sleep(AGAIN);
    }
  }
}
