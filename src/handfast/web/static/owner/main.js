/** The owner's page: who was served, who could not be and why, what waits, what to ask about, what ends. */

import { h, icon } from "../shared/dom.js";
import { ask } from "../shared/json.js";
import { fill, when } from "../shared/language.js";
import { StaffPage } from "../shared/staff.js";
import { bars, columns, line } from "./charts.js";

const ENDED = ["accepted", "enrolled", "referred", "not_accepted", "not_captured", "declined"];
const LEAST = 20; // people asked, before a share is told
const MUCH = 0.5; // of them missed a question of the notice at the first go
const page = new StaffPage();
const programme = decodeURIComponent(location.hash.slice(1));
await page.start();
const told = await ask(`/v1/programmes/${encodeURIComponent(programme)}/dashboard`).catch(() => location.assign("/desk"));

const number = (value) => new Intl.NumberFormat(page.pack.code).format(value);
const total = (name) => told.days.reduce((sum, day) => sum + day[name], 0);

function draw() {
  return [
    h("div", { class: "head" }, h("h1", { tabindex: "-1", dir: "auto" }, told.name), h("p", { class: "small" }, page.word("owner-since", { when: when(told.since, page.pack.code) }))),
    ...asks(),
    h("section", { class: "sheet wide", data: { part: "served" } }, h("h2", {}, page.word("owner-served")),
      h("div", { class: "figures" }, ENDED.map((name) => h("p", { data: { figure: name } }, h("b", {}, number(total(name))), h("span", { class: `key ${name}` }, page.word(`owner-${name}`))))),
      columns(told.days, ENDED, told.since, told.today, page.word("owner-served"))),
    part("failed", told.failed.length === 0 ? nothing() : bars(told.failed.map(({ name, number: n }) => [page.pack.prompts[name] ?? page.word(`owner-cause-${name}`), n]), number)),
    part("waits", waits()),
    part("asking", askingTable()),
    part("sites", lines(told.sites)),
    part("phones", lines(told.phones)),
    part("quality", quality()),
    part("latency", h("p", {}, told.p50 === null ? page.word("owner-none") : page.word("owner-latency-line", { half: number(told.p50), most: told.p95 === null ? "…" : number(told.p95) }))),
    part("expiring", told.expiring.length ? h("ul", {}, told.expiring.map(({ name, day }) => h("li", {}, h("b", { dir: "auto" }, name), " ", when(day, page.pack.code)))) : nothing()),
    h("div", { class: "foot" }, h("a", { class: "button", href: "/desk", data: { action: "desk" } }, page.word("desk-title"))),
  ];
}

/** What somebody should be asked about today, above everything else. */
function asks() {
  const said = [
    ...told.alarms.map(({ at, desk }) => ["alarm", `${page.word("owner-alarm")} ${when(at, page.pack.code, { time: true })} · ${desk}`]),
    ...told.no_declines.map((site) => ["declines", page.word("owner-no-declines", { site })]),
    ...told.operators.filter(({ unheard }) => unheard).map(({ operator, asked }) => ["unheard", page.word("owner-unusual-declines", { name: operator, number: number(asked) })]),
    ...told.operators.filter(({ asked, misunderstood }) => asked >= LEAST && misunderstood > MUCH * asked).map(({ operator, misunderstood }) => ["misunderstood", page.word("owner-unusual-misread", { name: operator, number: number(misunderstood) })]),
    ...told.unusual.map(({ operator, what, number: n }) => [what, page.word(`owner-unusual-${what}`, { name: operator, number: number(n) })]),
  ];
  return said.map(([name, text]) => h("p", { class: "notice", data: { ask: name } }, icon("question"), h("span", { dir: "auto" }, text)));
}

function waits() {
  const { open, overdue, same, different, cannot_tell: unsure, controls, controls_right: right } = told.cases;
  return [
    h("p", {}, h("b", { class: "big" }, number(open)), " ", page.word("owner-open"), overdue > 0 && h("span", { class: "late" }, ` · ${fill(page.word("owner-overdue"), { number: number(overdue) })}`)),
    bars([[page.word("desk-case-same"), same], [page.word("desk-case-different"), different], [page.word("desk-case-cannot-tell"), unsure]], number),
    controls > 0 && h("p", { class: "small" }, page.word("owner-controls", { right: number(right), all: number(controls) })),
  ];
}

function lines(list) {
  if (!list.length) return nothing();
  return h("div", { class: "scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, h("td", {}), ENDED.map((name) => h("th", { scope: "col" }, page.word(`owner-${name}`))))),
    h("tbody", {}, list.map((each) => h("tr", {}, h("th", { scope: "row", dir: "auto" }, each.name === "other" ? page.word("desk-evidence-other") : each.name), ENDED.map((name) => h("td", {}, number(each[name]))))))));
}

/** Who asked how many, how many said no, and who did not understand the questions at first. */
function askingTable() {
  if (!told.operators.length) return nothing();
  const names = ["asked", "declined", "misunderstood"];
  return h("div", { class: "scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, h("td", {}), names.map((name) => h("th", { scope: "col" }, page.word(`owner-${name}`))))),
    h("tbody", {}, told.operators.map((each) => h("tr", { data: { operator: each.operator } }, h("th", { scope: "row", dir: "auto" }, each.operator), names.map((name) => h("td", {}, number(each[name]))))))));
}

function quality() {
  const modalities = [...new Set(told.quality.map(({ modality }) => modality))];
  if (!modalities.length) return nothing();
  return modalities.map((name) => h("figure", {}, h("figcaption", { class: "small" }, page.word(`owner-${name}`)),
    line(told.quality.filter(({ modality }) => modality === name), told.since, told.today, page.word(`owner-${name}`))));
}

function part(name, ...inside) {
  return h("section", { class: "sheet", data: { part: name } }, h("h2", {}, page.word(`owner-${name}`)), ...inside);
}

const nothing = () => h("p", { class: "small" }, page.word("owner-none"));

if (told) page.show("owner", draw);
