/** Three quiet drawings: stacked columns by day, bars with their words, a line that shows drift. */

import { h } from "../shared/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const DAY = 86400000;
const W = 640, H = 150;

/** One column a day, a layer an outcome. */
export function columns(days, names, since, today, label) {
  const span = (Date.parse(today) - Date.parse(since)) / DAY + 1;
  const most = Math.max(1, ...days.map((day) => names.reduce((sum, name) => sum + day[name], 0)));
  const step = W / span;
  const drawn = drawing(label, W, H + 2);
  drawn.append(shape("path", { d: `M0 ${H + 1}H${W}`, class: "ground" }));
  for (const day of days) {
    let top = H;
    for (const name of names) {
      const height = (day[name] / most) * (H - 8);
      if (!height) continue;
      top -= height;
      drawn.append(shape("rect", { class: name, x: ((Date.parse(day.name) - Date.parse(since)) / DAY) * step + step * 0.15, y: top, width: step * 0.7, height: Math.max(height - 1.5, 1), rx: Math.min(3, step * 0.2) }));
    }
  }
  return drawn;
}

/** Words with a bar each, longest first. */
export function bars(list, number) {
  const most = Math.max(1, ...list.map(([, value]) => value));
  return h("ul", { class: "bars" }, list.map(([word, value]) => {
    const drawn = drawing("", 100, 10, "none");
    drawn.setAttribute("aria-hidden", "true");
    drawn.append(shape("rect", { class: "track", x: 0, y: 0, width: 100, height: 10 }), shape("rect", { class: "bar", x: 0, y: 0, width: (value / most) * 100, height: 10 }));
    return h("li", {}, h("span", {}, word), h("b", {}, number(value)), drawn);
  }));
}

/** A line over the days, on a scale of 0 to 100. */
export function line(points, since, today, label) {
  const span = Math.max(1, (Date.parse(today) - Date.parse(since)) / DAY);
  const drawn = drawing(label, W, 90);
  const at = ({ day, mean }) => [((Date.parse(day) - Date.parse(since)) / DAY / span) * (W - 12) + 6, 84 - mean * 0.78];
  for (const level of [0, 50, 100]) drawn.append(shape("path", { class: "ground", d: `M0 ${84 - level * 0.78}H${W}` }));
  drawn.append(shape("path", { class: "trace", d: points.map((point, n) => `${n ? "L" : "M"}${at(point).map((value) => value.toFixed(1)).join(" ")}`).join("") }));
  for (const point of points) drawn.append(shape("circle", { class: "spot", cx: at(point)[0], cy: at(point)[1], r: 4 }));
  return drawn;
}

function drawing(label, width, height, fit = "xMidYMid meet") {
  return shape("svg", { class: "drawing", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: fit, role: "img", "aria-label": label });
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
