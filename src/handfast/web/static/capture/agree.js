/** Agreeing, at enrolment: five cards, two questions, and an act of the person's own. Nothing is ticked for them. */

import { button, h, icon } from "../shared/dom.js";
import { days, when } from "../shared/language.js";
import { actOf } from "./welcome.js";

/** Resolves with {answer, act, questions, missed, also}; the person can go back to any card. */
export async function agree(app) {
  app.step = "agree";
  const { cards, questions } = app.page.pack.notice;
  const steps = [...cards.map((_, n) => () => card(app, n)), ...questions.map((_, n) => () => question(app, n, missed)), () => consent(app)];
  const chosen = [];
  const missed = new Set(); // questions not answered rightly at the first go
  for (let at = 0; ;) {
    const said = await steps[at]();
    if (said.answer === "yes") return { ...said, questions: chosen, missed: missed.size, also: await further(app) };
    if (said.answer) return { ...said, questions: chosen, missed: missed.size };
    if (said.option !== undefined) chosen[at - cards.length] = said.option;
    at += said.back ? -1 : 1;
    if (at < 0) return { answer: "no", act: said.act };
  }
}

function card(app, n) {
  const { page, session } = app;
  const values = [null, session.programme.purpose, () => kept(page, session.programme), session.programme.who_sees, () => promises(page, session.programme)];
  const said = page.ask("agree", (choose) => {
    const { picture, title, text } = page.pack.notice.cards[n];
    const value = typeof values[n] === "function" ? values[n]() : values[n];
    document.body.dataset.step = `card-${n + 1}`;
    return [
      dots(page, n),
      h("div", { class: "sheet card" },
        h("div", { class: "sign" }, icon(picture)),
        h("h1", { tabindex: "-1" }, title),
        h("p", { class: "say" }, text),
        value && h("p", { class: "value", dir: "auto" }, value)),
      listen(app, `notice-${n + 1}`),
      onward(page, choose, n === 0),
    ];
  });
  read(app, `notice-${n + 1}`);
  return said;
}

/** How long it is kept: so many days, or until a study's last day. */
function kept(page, { study_ends_on: end, retention_days: span }) {
  return end ? when(end, page.pack.code) : days(span, page.pack.code);
}

/** What is promised to who stops: when copies of the keys are gone, and how long it can be taken back. */
function promises(page, { key_copies_days: copies, undo_hours: hours }) {
  const undo = hours ? page.word("agree-undo", { hours }) : "";
  return `${page.word("agree-copies", { days: days(copies, page.pack.code) })} ${undo}`.trim();
}

function question(app, n, missed) {
  const { page } = app;
  const said = page.ask("agree", (choose) => {
    const { text, options, right, why } = page.pack.notice.questions[n];
    document.body.dataset.step = `question-${n + 1}`;
    const explain = h("p", { class: "notice", hidden: true, role: "status" }, icon("question"), h("span", {}, why));
    const pick = (option) => {
      if (option === right) return choose({ option });
      missed.add(n);
      explain.hidden = false;
      return app.voice.nudge();
    };
    return [
      dots(page, 5 + n),
      h("h2", {}, page.word("two-questions")),
      h("h1", { tabindex: "-1" }, text),
      h("div", { class: "options" }, options.map((label, option) =>
        h("button", { type: "button", class: "button option", data: { action: "option", option }, on: { click: () => pick(option) } }, h("span", {}, label)))),
      explain,
      listen(app, `question-${n + 1}`),
      onward(page, choose, false, false),
    ];
  });
  read(app, `question-${n + 1}`);
  return said;
}

function consent(app) {
  const { page } = app;
  const said = page.ask("agree", (choose) => {
    document.body.dataset.step = "consent";
    const yes = button("agree", page.word("i-agree"), (event) => choose({ answer: "yes", act: actOf(event) }), { kind: "large", disabled: true });
    const tick = h("input", { type: "checkbox", data: { action: "tick" }, on: { change: () => { yes.disabled = !tick.checked; } } });
    return [
      dots(page, 7),
      h("div", { class: "sign" }, icon("hand")),
      h("h1", { class: "centre", tabindex: "-1", dir: "auto" }, app.session.programme.name),
      h("label", { class: "tick sheet" }, tick, h("span", { class: "say" }, page.pack.notice.agree)),
      listen(app, "agree"),
      h("div", { class: "foot" },
        h("div", { class: "pair" },
          button("decline", page.word("i-decline"), (event) => choose({ answer: "no", act: actOf(event) }), { kind: "large" }),
          yes),
        button("back", page.word("back"), () => choose({ back: true }), { kind: "quiet" })),
    ];
  });
  read(app, "agree");
  return said;
}

/** The words of a part of the notice, as its recording reads them. */
/** What the programme would like beside the check, one by one: each has a yes of its own, and no is as good. */
async function further(app) {
  const also = [];
  for (const purpose of app.session.further) if (await wants(app, purpose)) also.push(purpose);
  return also;
}

function wants(app, purpose) {
  const { page } = app;
  const [title, line] = [page.word(`also-${purpose}`), page.word(`also-${purpose}-line`)];
  const aloud = () => app.voice.own(`${title} ${line}`);
  const said = page.ask("agree", (choose) => {
    document.body.dataset.step = `also-${purpose}`;
    return [
      h("div", { class: "sheet card" },
        h("div", { class: "sign" }, icon("question")),
        h("h1", { tabindex: "-1" }, title),
        h("p", { class: "say" }, line)),
      button("listen", page.word("listen"), aloud, { kind: "quiet", glyph: "sound" }),
      h("div", { class: "foot" },
        h("div", { class: "pair" },
          button("no", page.word("no"), () => choose(false), { kind: "large" }),
          button("yes", page.word("yes"), () => choose(true), { kind: "large" }))),
    ];
  });
  aloud();
  return said;
}

function textOf(notice, key) {
  const [kind, number] = key.split("-");
  if (kind === "agree") return notice.agree;
  const part = (kind === "notice" ? notice.cards : notice.questions)[number - 1];
  return kind === "notice" ? `${part.title}. ${part.text}` : `${part.text} ${part.options.join(". ")}.`;
}

function read(app, key) {
  app.voice.say(key, textOf(app.page.pack.notice, key));
}

function listen(app, key) {
  return button("listen", app.page.word("listen"), () => read(app, key), { kind: "quiet", glyph: "sound" });
}

function onward(page, choose, first, next = true) {
  return h("div", { class: "foot" },
    next && button("next", page.word("next"), () => choose({}), { kind: "go large", glyph: "next" }),
    button("back", page.word("back"), (event) => choose({ back: true, act: actOf(event) }), { kind: "quiet", inert: first }));
}

function dots(page, n) {
  const label = page.word("page-of", { n: n + 1, of: 8 });
  return h("div", { class: "dots", role: "img", "aria-label": label },
    Array.from({ length: 8 }, (_, at) => h("i", { class: at === n ? "on" : at < n ? "past" : "" })));
}
