/** The desk: who works here enrols and checks, decides cases, pairs a phone, and sees the one next step. */

import { button, h, icon } from "../shared/dom.js";
import { ask } from "../shared/json.js";
import { StaffPage } from "../shared/staff.js";
import { signIn } from "./sign_in.js";
import { listed } from "./programmes.js";
import { newProgramme, showKeys } from "./new_programme.js";
import { newSession, runSession } from "./session.js";
import { casesOf } from "./cases.js";
import { pairPhone } from "./pair.js";
import { people } from "./people.js";
import { helpAt } from "./help.js";
import { showAnchor } from "./anchor.js";
import { ownDesks } from "./own.js";
import { studyOf } from "./study.js";

let operator = null;
const page = new StaffPage({ extra: [() => (operator ? lockButton() : "")] });
const desk = {
  page,
  token: null,
  programmes: [],
  get operator() { return operator; },
  /** Asks the server as who works here. */
  ask: (path, options = {}) => (operator ? operator.ask(path, options) : ask(path, { ...options, token: desk.token })),
  /** Whether they have a role in a programme; an administrator's key is for setting up and for trying out. */
  may: (role, programme) => (operator ? operator.may(role, programme) : ["administrator", "enroller", "checker"].includes(role)),
};

await page.start();
const who = await signIn(page);
operator = who.operator ?? null;
desk.token = who.token ?? null;
page.drawHeader();
for (;;) {
  desk.programmes = await desk.ask("/v1/programmes").catch(again);
  const chosen = await listed(desk);
  if (chosen.make) await makeProgramme();
  else if (chosen.people) await people(desk);
  else if (chosen.out) await operator.signOut();
  else if (chosen.cases) await casesOf(desk, chosen.programme);
  else if (chosen.help) await helpAt(desk, chosen.programme);
  else if (chosen.anchor) await showAnchor(desk);
  else if (chosen.own) await ownDesks(desk);
  else if (chosen.study) await studyOf(desk, chosen.programme);
  else if (chosen.pair) await pairPhone(desk, chosen.programme);
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

function lockButton() {
  return button("lock", page.word("desk-lock"), () => operator.lock(), { kind: "quiet round", glyph: "pin" });
}

/** A token that no longer counts is forgotten, and the desk opens afresh. */
function again() {
  sessionStorage.clear();
  location.reload();
  return new Promise(() => {});
}
