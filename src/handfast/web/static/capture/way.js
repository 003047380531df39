/** Another way: on every screen, always open, never a dead end. */

import { button, h, icon } from "../shared/dom.js";

/** The person leaves for the programme's other way; `cause` is why. */
export class AnotherWay extends Error {
  constructor(cause) {
    super(cause);
    this.cause = cause;
  }
}

/** The quiet button at the foot of each screen; asks once, then ends the session. */
export function anotherWayButton(app) {
  return button("another-way", app.page.word("another-way"), () => confirm(app), { kind: "quiet", glyph: "way" });
}

/** Tells the server, lets go of the camera, and shows the programme's other way. */
export async function leave(app, { cause }) {
  const { page, voice, api, session } = app;
  app.problems.hide();
  document.body.dataset.outcome = "not_captured";
  const { steps } = await api.post("/v1/capture/another-way", { step: app.step, cause }).catch(() => ({ steps: [] }));
  voice.say("another-way", page.prompt("another-way"));
  page.show("answer", () => [
    h("div", { class: "sign" }, icon("way")),
    h("h1", { class: "say", tabindex: "-1" }, page.prompt("another-way")),
    otherWays(steps.length ? steps : session?.programme.another_way ?? []),
  ]);
}

/** The programme's own steps, as it wrote them. */
export function otherWays(steps) {
  return h("ol", { class: "ways sheet" }, steps.map((step) => h("li", { dir: "auto" }, step)));
}

/** While the question stands, no picture is taken and nothing is decided. */
function confirm(app) {
  const { page } = app;
  let goOn;
  app.paused = new Promise((resolve) => { goOn = resolve; });
  const dialog = h("dialog", { class: "sheet", "aria-label": page.word("another-way") },
    h("p", { class: "say" }, page.word("another-way-question")),
    h("div", { class: "pair" },
      button("stop-here", page.word("stop-here"), () => { dialog.close(); app.exit.abort(new AnotherWay("chosen")); }),
      button("carry-on", page.word("carry-on"), () => dialog.close())));
  dialog.addEventListener("close", () => { dialog.remove(); goOn(); });
  document.body.append(dialog);
  dialog.showModal();
}
