/** The desk: who runs a programme makes it here, starts an enrolment or a check, and sees the one next step. */

import { Page } from "../shared/page.js";
import { ask } from "../shared/json.js";
import { signIn } from "./sign_in.js";
import { listed } from "./programmes.js";
import { newProgramme, showKeys } from "./new_programme.js";
import { newSession, runSession } from "./session.js";

const page = new Page();
const desk = {
  page,
  token: null,
  programmes: [],
  /** Asks the server as this administrator. */
  ask: (path, options = {}) => ask(path, { ...options, token: desk.token }),
};

await page.start();
desk.token = await signIn(page);
for (;;) {
  desk.programmes = await desk.ask("/v1/programmes").catch(again);
  const chosen = await listed(desk);
  if (chosen.make) await makeProgramme();
  else await serve(chosen);
}

async function makeProgramme() {
  const made = await newProgramme(desk);
  if (made) await showKeys(desk, made);
}

/** Person after person, until the operator goes back to the list. */
async function serve({ programme, kind }) {
  for (let wanted = { kind }; wanted;) {
    const opened = await newSession(desk, programme, wanted);
    if (!opened) return;
    wanted = await runSession(desk, programme, opened);
  }
}

/** A token that no longer counts is forgotten, and the desk opens afresh. */
function again() {
  sessionStorage.clear();
  location.reload();
  return new Promise(() => {});
}
