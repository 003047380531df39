/** A prompt from the microphone: as small as a voice needs, and the microphone is let go at once. */

const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS = 20000; // a second
const LONGEST = 22000; // ms

/** Begins; `stop()` ends it, `done` gives the recording. Raises what getUserMedia raises. */
export async function record() {
  const sound = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
  const type = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(sound, { mimeType: type, audioBitsPerSecond: BITS });
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const done = new Promise((resolve) => recorder.addEventListener("stop", () => {
    for (const track of sound.getTracks()) track.stop();
    resolve(new Blob(parts, { type: type.split(";")[0] }));
  }));
  recorder.start();
  const last = setTimeout(() => recorder.state === "recording" && recorder.stop(), LONGEST);
  return { stop() { clearTimeout(last); if (recorder.state === "recording") recorder.stop(); }, done };
}
