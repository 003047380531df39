/** What is drawn over the live picture, in a drawing of 300 x 400 that covers the stage. */

const SVG = "http://www.w3.org/2000/svg";
const HAND = "M17.5 44.5C12 41 9 36.5 9 30V19.6a2.8 2.8 0 0 1 5.6 0V12a2.9 2.9 0 0 1 5.8 0V8.400a2.9 2.9 0 0 1 5.8 0V11.500a2.9 2.9 0 0 1 5.8 0V27.500l4.3-5.900a2.8 2.8 0 0 1 4.6 3.200L36 35.800C33.6 40.5 31 43 27.5 44.5";
const FINGER_WIDTH = 42;
const GAP = 5;
const FOOT = 345;
const TIPS = { index: 128, middle: 96, ring: 114, little: 168 };

/** The ring around the oval; it fills as the steps are done, and a dot shows where to look. */
export function ring() {
  const svg = drawing();
  const path = { cx: 150, cy: 200, rx: 132, ry: 178, pathLength: 1, transform: "rotate(-90 150 200)" };
  path.rx = 178;
  path.ry = 132;
  const filled = shape("ellipse", { ...path, class: "ring-filled", "stroke-dasharray": "0 1", visibility: "hidden" });
  const dot = shape("circle", { class: "dot", r: 11, cx: 150, cy: 200 });
  svg.append(shape("ellipse", { ...path, class: "ring-track" }), filled, dot);
  return {
    svg,
    fill: (part) => {
      filled.style.strokeDasharray = `${Math.min(1, part)} 1`;
      filled.style.visibility = part > 0 ? "visible" : "hidden"; // or its round end would be one more dot
    },
    /** Moves the dot: x -1 the left edge of the oval, +1 the right; y -1 its top, +1 its foot; null hides it. */
    dot: (x, y = 0) => {
      dot.style.opacity = x === null ? 0 : 1;
      const down = y ? y * (y > 0 ? 158 : 168) : x ? 0 : -150;
      dot.style.transform = `translate(${(x ?? 0) * 122}px, ${down}px)`;
    },
  };
}

/** An oval for the face, and as many strokes beside it as fingers are to be shown. */
export function countOutline(count) {
  const svg = drawing();
  svg.append(shape("ellipse", { class: "outline soft", cx: 118, cy: 165, rx: 74, ry: 100 }));
  for (let n = 0; n < count; n += 1)
    svg.append(shape("path", { class: "outline settle", d: fingerPath(212 + n * 20, 120 - [0, 10, 6, -8][n], 8, 215) }));
  return svg;
}

/** An oval for the face and an open hand beside it, on the side where that hand is seen. */
export function handOutline(hand, mirrored) {
  const svg = drawing();
  const right = (hand === "right") === mirrored;
  const x = right ? 205 : 95;
  // Fingers up and palm to the camera, the thumb is on the face's side.
  const flip = right ? -1 : 1;
  svg.append(
    shape("ellipse", { class: "outline soft", cx: right ? 118 : 182, cy: 165, rx: 74, ry: 100 }),
    shape("path", { class: "outline settle", d: HAND, transform: `translate(${right ? x + 88 : x - 88} 170) scale(${2.5 * flip} 2.5)` }));
  return svg;
}

/** Outlines of the asked fingers; each fills from its foot to its tip as it gets sharp. */
export function fingersOutline({ hand, positions }) {
  const svg = drawing();
  const order = hand === "right" ? ["little", "ring", "middle", "index"] : ["index", "middle", "ring", "little"];
  const left = (300 - 4 * FINGER_WIDTH - 3 * GAP) / 2;
  const fingers = new Map();
  order.forEach((finger, n) => {
    const position = `${hand}-${finger}`;
    if (!positions.includes(position)) return;
    const path = fingerPath(left + n * (FINGER_WIDTH + GAP), TIPS[finger]);
    const outline = shape("path", { class: "outline finger settle", d: path });
    svg.append(outline);
    fingers.set(position, outline);
  });
  return {
    svg,
    order: order.map((finger) => `${hand}-${finger}`).filter((position) => fingers.has(position)),
    rectangle: { x: left, y: TIPS.middle, width: 300 - 2 * left, height: FOOT - TIPS.middle },
    state: (position, state) => { fingers.get(position).dataset.state = state; },
  };
}

function fingerPath(x, tip, radius = FINGER_WIDTH / 2, foot = FOOT) {
  return `M${x} ${foot}V${tip + radius}a${radius} ${radius * 1.1} 0 0 1 ${2 * radius} 0V${foot}`;
}

function drawing() {
  const svg = shape("svg", { viewBox: "0 0 300 400", "aria-hidden": "true" });
  return svg;
}

function shape(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
