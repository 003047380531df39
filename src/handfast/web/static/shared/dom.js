/** Elements without a framework: h() makes one, icon() draws one of ours. */

const ICONS = "/static/icons/icons.svg";

/** Brings the icons into the document, so that they are there even when the line is not. */
export async function loadIcons() {
  const drawn = new DOMParser().parseFromString(await (await fetch(ICONS)).text(), "image/svg+xml").documentElement;
  for (const symbol of drawn.querySelectorAll("symbol")) symbol.id = `icon-${symbol.id}`;
  drawn.setAttribute("class", "hidden");
  drawn.setAttribute("aria-hidden", "true");
  document.body.append(document.importNode(drawn, true));
}

/**
 * One element.
 * `properties`: class, data ({name: value}), on ({event: listener}), everything else an attribute; false and null leave it out.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) apply(element, name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An icon of ours, drawn in the colour of the text around it; hidden from screen readers, which get the words. */
export function icon(name, className = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon icon-${name} ${className}`.trim());
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** A button: its action is what tests and styles know it by. */
export function button(action, label, press, { kind = "plain", glyph = null, ...more } = {}) {
  return h("button", { type: "button", class: `button ${kind}`, data: { action }, on: { click: press }, ...more },
    glyph && icon(glyph), h("span", {}, label));
}

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function apply(element, name, value) {
  if (value === false || value === null || value === undefined) return;
  if (name === "class") element.className = value;
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  else element.setAttribute(name, value === true ? "" : value);
}
