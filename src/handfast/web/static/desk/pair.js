/** Pairing a phone: a code on the desk, scanned once; it works until the shift ends. */

import { button, h, icon, sleep } from "../shared/dom.js";

const LOOK = 1200; // ms between two looks

/** Shows the code until a phone took it or the operator goes back. */
export async function pairPhone(desk, programme) {
  const { page } = desk;
  const opened = await desk.ask("/v1/desk/pairings", { method: "POST", body: { programme: programme.id } });
  let over = false;
  const done = page.ask("desk-pair", (choose) => [
    h("h1", { tabindex: "-1", class: "centre" }, page.word("desk-pair")),
    h("p", { class: "say centre" }, page.word("desk-pair-line")),
    h("div", { class: "waiting" }, h("img", { class: "qr", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(opened.qr_svg)}`, alt: page.word("desk-pair-line") }),
      h("a", { class: "small", href: opened.link, target: "_blank", rel: "noopener", data: { action: "open-link" } }, page.word("desk-or-link"))),
    h("div", { class: "foot" }, button("back", page.word("back"), choose, { kind: "quiet" })),
  ]).then(() => { over = true; });
  follow();
  await done;

  async function follow() {
    while (!over) {
      await sleep(LOOK);
      const { paired } = await desk.ask(`/v1/desk/pairings/${opened.id}`).catch(() => ({ paired: false }));
      if (!paired || over) continue;
      page.main.querySelector(".waiting").replaceChildren(h("div", { class: "sign" }, icon("good")), h("p", { class: "say", role: "status" }, page.word("desk-paired")));
      document.body.dataset.paired = "yes";
      return;
    }
  }
}
