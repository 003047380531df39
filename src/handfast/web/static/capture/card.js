/** The card to show next time, and the folded private code. Never both over the counter: the code stays folded. */

import { button, h, icon } from "../shared/dom.js";

export async function showCard(app, { card, failed = [] }) {
  const { page, session } = app;
  app.step = "card";
  const shown = page.ask("card", (choose) => {
    document.body.dataset.step = "card";
    return [
      h("h1", { class: "say", tabindex: "-1" }, page.prompt("card")),
      h("figure", { class: "sheet card-paper", data: { print: "card" } },
        h("figcaption", {}, icon("mark"), h("b", { dir: "auto" }, session.programme.name)),
        qr(card.qr_svg, page.word("your-card")),
        h("p", { class: "number" }, h("span", { class: "small" }, page.word("card-number")), h("b", { dir: "ltr" }, card.number)),
        h("pre", { class: "anchor", dir: "ltr", "aria-hidden": "true" }, card.checkpoint)),
      failed.length > 0 && h("p", { class: "small" }, page.word("failed-fingers"), h("br"), h("b", {}, failed.map((position) => fingerName(page, position)).join(" · "))),
      h("div", { class: "foot" },
        h("div", { class: "pair" },
          button("print", page.word("print"), () => window.print()),
          button("save", page.word("save"), () => save(card.qr_svg, "card"))),
        button("next", page.word("next"), choose, { kind: "go large", glyph: "next" })),
    ];
  });
  app.voice.say("card", page.prompt("card"));
  return shown;
}

export async function showPrivateCode(app, { private_code: code, code_qr_svg: svg }) {
  const { page } = app;
  const shown = page.ask("card", (choose) => {
    document.body.dataset.step = "private-code";
    const inside = h("div", { class: "inside" }, qr(svg, page.word("your-private-code")), h("p", { class: "code", dir: "ltr", data: { code: "private" } }, code));
    const label = () => page.word(paper.dataset.open === "true" ? "fold-code" : "open-code");
    const turn = button("open-code", page.word("open-code"), () => {
      paper.dataset.open = String(paper.dataset.open !== "true");
      inside.inert = paper.dataset.open !== "true";
      turn.querySelector("span").textContent = label();
    }, { glyph: "fold" });
    const paper = h("figure", { class: "sheet fold-paper", data: { open: "false", print: "code" } }, h("figcaption", {}, icon("fold"), h("b", {}, page.word("your-private-code"))), inside);
    inside.inert = true;
    return [
      h("h1", { class: "say", tabindex: "-1" }, page.prompt("private-code")),
      paper,
      h("p", { class: "small" }, page.word("not-over-counter")),
      h("div", { class: "foot" },
        turn,
        h("div", { class: "pair" },
          button("print", page.word("print"), () => window.print()),
          button("save", page.word("save"), () => save(svg, "private-code"))),
        button("next", page.word("next"), choose, { kind: "go large", glyph: "next" })),
    ];
  });
  app.voice.say("private-code", page.prompt("private-code"));
  return shown;
}

/** An SVG from the server as a picture: nothing in it can run. */
export function qr(svg, label) {
  const source = svg.startsWith("data:") ? svg : `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  return h("img", { class: "qr", src: source, alt: label });
}

function save(svg, name) {
  const text = svg.startsWith("data:") ? null : svg;
  const link = h("a", { href: text ? URL.createObjectURL(new Blob([text], { type: "image/svg+xml" })) : svg, download: `handfast-${name}.svg` });
  link.click();
}

function fingerName(page, position) {
  const [hand, finger] = position.split("-");
  return finger ? `${page.word(`hand-${hand}`)}: ${page.word(`finger-${finger}`)}` : page.word("me-face");
}
