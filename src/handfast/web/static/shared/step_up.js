/** The passkey once more, over the screen that asked: what was typed there stays, and the act is asked for again. */

import { button, h, icon } from "./dom.js";
import { ask } from "./json.js";
import { show } from "./passkey.js";

/** Whether the operator showed their passkey; false if they let it be. */
export function stepUp(operator) {
  const { page } = operator;
  return new Promise((resolve) => {
    const problem = h("p", { class: "notice", role: "alert", hidden: true }, icon("question"), h("span", {}, page.word("desk-passkey-wrong")));
    const end = (shown) => { dialog.remove(); resolve(shown); };
    const dialog = h("dialog", { class: "again", "aria-labelledby": "step-up", data: { dialog: "step-up" } },
      h("h1", { id: "step-up", class: "with-icon" }, icon("pin"), h("span", {}, page.word("desk-step-up"))),
      h("p", {}, page.word("desk-step-up-line", { name: operator.name })),
      problem,
      button("step-up", page.word("desk-step-up-do"), async () => {
        problem.hidden = true;
        try {
          await ask("/v1/desk/step-up", { method: "POST", body: { credential: await show("step-up") }, headers: { "Handfast-CSRF": operator.csrf } });
          end(true);
        } catch (error) {
          if (error.code === "desk-locked") end(true); // the act is asked for again, and opening the desk shows the passkey
          problem.hidden = false;
        }
      }, { kind: "go large" }),
      button("step-up-no", page.word("back"), () => end(false), { kind: "quiet" }));
    dialog.addEventListener("cancel", () => end(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}
