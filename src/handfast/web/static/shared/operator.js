/** An operator at a desk: what they ask carries the page's own header; a desk that nobody touches locks. */

import { button, h, icon } from "./dom.js";
import { ask } from "./json.js";
import { show } from "./passkey.js";
import { stepUp } from "./step_up.js";

const LOCKS_AFTER = 110000; // ms without a touch; the server locks after two minutes whatever the page does
const TOUCH_EVERY = 40000; // ms

export class Operator {
  #csrf;
  #touched = Date.now();
  #told = Date.now();
  #locked = null;

  constructor(page, desk) {
    this.page = page;
    this.#take(desk);
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => this.#touch(), { passive: true });
    setInterval(() => { if (!this.#locked && Date.now() - this.#touched > LOCKS_AFTER) this.lock(); }, 5000);
  }

  /** What an act must carry beside the cookie. */
  get csrf() { return this.#csrf; }

  /** Whether they have a role in a programme. */
  may(role, programme = "") {
    return this.rights.some((right) => right.role === role && (right.programme === "" || right.programme === programme));
  }

  /** Asks the server; a locked desk is opened first, and where the passkey is wanted again it is shown, then asked anew. */
  async ask(path, options = {}) {
    if (this.#locked) await this.#locked;
    try {
      return await ask(path, { ...options, headers: { ...options.headers, "Handfast-CSRF": this.#csrf } });
    } catch (error) {
      if (error.code === "step-up-needed") {
        if (!await stepUp(this)) throw error;
      } else if (["desk-locked", "not-authorised"].includes(error.code)) await this.#shut();
      else throw error;
      return this.ask(path, options);
    }
  }

  /** Locks the desk now. */
  async lock() {
    const opened = this.#shut();
    await ask("/v1/desk/lock", { method: "POST", headers: { "Handfast-CSRF": this.#csrf } }).catch(() => {});
    return opened;
  }

  /** Ends the shift: the desk closes, and paired phones with it. */
  async signOut() {
    await this.ask("/v1/desk/sign-out", { method: "POST" });
    location.reload();
  }

  /** Somebody else's yes, by their passkey; null if they let it be. */
  async second(act, programme) {
    const credential = await show(act);
    return (await this.ask("/v1/desk/approvals", { method: "POST", body: { act, programme, credential } })).approval;
  }

  #take(desk) {
    Object.assign(this, { name: desk.name, site: desk.site, rights: desk.rights, id: desk.operator });
    this.#csrf = desk.csrf;
    this.#touched = this.#told = Date.now();
  }

  #touch() {
    this.#touched = Date.now();
    if (this.#locked || Date.now() - this.#told < TOUCH_EVERY) return;
    this.#told = Date.now();
    ask("/v1/desk/touch", { method: "POST", headers: { "Handfast-CSRF": this.#csrf } }).catch(() => {});
  }

  #shut() {
    this.#locked ??= new Promise((resolve) => this.#dialog(resolve)).finally(() => { this.#locked = null; });
    return this.#locked;
  }

  #dialog(resolve) {
    const { page } = this;
    const problem = h("p", { class: "notice", role: "alert", hidden: true }, icon("question"), h("span", {}, page.word("desk-passkey-wrong")));
    const dialog = h("dialog", { class: "locked", "aria-label": page.word("desk-locked") },
      h("div", { class: "sign" }, icon("pin")),
      h("h1", {}, page.word("desk-locked")),
      h("p", { class: "say centre" }, page.word("desk-locked-line")),
      problem,
      button("unlock", page.word("desk-passkey"), async () => {
        try {
          const { desk } = await ask("/v1/desk/sign-in", { method: "POST", body: { credential: await show("sign-in"), site: this.site } });
          const same = desk.operator === this.id;
          this.#take(desk);
          if (!same) location.reload(); // the next person begins at their own list
          dialog.remove();
          resolve();
        } catch { problem.hidden = false; }
      }, { kind: "go large" }));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    document.body.dataset.locked = "yes";
    dialog.addEventListener("close", () => {});
    dialog.showModal();
    new MutationObserver((_changes, observer) => { if (!dialog.isConnected) { delete document.body.dataset.locked; observer.disconnect(); } }).observe(document.body, { childList: true });
  }
}
