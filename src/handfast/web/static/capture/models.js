/** Small models in the page make the guidance smooth between the server's answers. Without them the server guides alone. */

import { sleep } from "../shared/dom.js";

const HOME = "/models/tasks-vision";
const TOO_SLOW = 160; // ms a picture; slower than this, the phone needs its time for the camera
const WIDTH = 360; // px
const LEAST_LINE = 2; // Mbit a second: 12 MB take a minute
const REST = 40; // ms between two pictures

const loading = { face: null, hand: null };
const usable = { face: null, hand: null };

/** Begins to load while the person reads; not on a line that is to be spared, or on which it would crowd out the answers. */
export function preload() {
  const line = navigator.connection;
  if (line?.saveData || /[23]g/.test(line?.effectiveType ?? "") || line?.downlink < LEAST_LINE || !globalThis.WebAssembly) return;
  loading.hand ??= load();
}

/** Calls `tell({turn})` as often as the phone can: turn -1 (the person's right) .. +1 (left), 0 straight ahead. */
export function watchFace(camera, tell) {
  return watch(camera, "face", (found) => {
    const points = found.faceLandmarks?.[0];
    if (!points) return;
    const [nose, right, left] = [points[1], points[234], points[454]];
    const middle = (right.x + left.x) / 2;
    tell({ turn: clamp((nose.x - middle) / Math.abs(left.x - right.x) * 3.2, -1, 1) });
  });
}

/** Calls `tell(tips)` with four {x, y, width} in parts of the picture, index finger first, or null if no hand is seen. */
export function watchFingers(camera, tell) {
  return watch(camera, "hand", (found, { videoWidth, videoHeight }) => {
    const points = found.landmarks?.[0];
    tell(points ? tipsOf(points, videoWidth, videoHeight) : null);
  });
}

function tipsOf(points, width, height) {
  const far = (a, b) => Math.hypot((a.x - b.x) * width, (a.y - b.y) * height);
  const finger = (far(points[6], points[10]) + far(points[10], points[14]) + far(points[14], points[18])) / 3 / width;
  return [[8, 7], [12, 11], [16, 15], [20, 19]].map(([tip, joint]) => ({
    x: points[tip].x * 0.7 + points[joint].x * 0.3,
    y: points[tip].y * 0.7 + points[joint].y * 0.3,
    width: finger,
  }));
}

async function load() {
  try {
    const { FilesetResolver, FaceLandmarker, HandLandmarker } = await import(`${HOME}/vision_bundle.mjs`);
    const files = await FilesetResolver.forVisionTasks(`${HOME}/wasm`);
    const options = (model) => ({ baseOptions: { modelAssetPath: `/models/${model}.task`, delegate: "CPU" }, runningMode: "VIDEO" });
    usable.face = await FaceLandmarker.createFromOptions(files, { ...options("face_landmarker"), numFaces: 1 });
    usable.hand = await HandLandmarker.createFromOptions(files, { ...options("hand_landmarker"), numHands: 1 });
  } catch (error) {
    console.info("guidance by the server alone", error); // eslint-disable-line no-console
  }
}

function watch(camera, which, tell) {
  const canvas = document.createElement("canvas");
  let on = true;
  const look = async () => {
    for (let slow = 0; on && slow < 5; await sleep(REST)) {
      if (!usable[which] || camera.track?.readyState !== "live" || camera.video.readyState < 2) { await sleep(200); continue; }
      const began = performance.now();
      draw(camera.video, canvas);
      try {
        tell(usable[which].detectForVideo(canvas, began), camera.video);
      } catch {
        usable[which] = null;
      }
      slow = performance.now() - began > TOO_SLOW ? slow + 1 : 0;
    }
  };
  look();
  return { stop: () => { on = false; } };
}

function draw(video, canvas) {
  const scale = WIDTH / video.videoWidth;
  canvas.width = WIDTH;
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d", { alpha: false, willReadFrequently: true }).drawImage(video, 0, 0, canvas.width, canvas.height);
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
