// Two named cameras whose pictures the test draws: "front" and "rear", each a canvas fed from /camera/<name>.jpg.
// A photo is larger than the live picture, as on a phone: /camera/<name>.jpg?photo.
// The line is called good, whatever a busy machine lets the browser think of it.
(() => {
  Object.defineProperty(navigator, "connection", { value: { effectiveType: "4g", downlink: 10, saveData: false }, configurable: true });
  const SIZES = { front: [480, 640], rear: [720, 960] };
  const EVERY = 140; // ms between pictures

  async function open(name) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = SIZES[name];
    const paper = canvas.getContext("2d", { alpha: false });
    const stream = canvas.captureStream(30);
    const [track] = stream.getVideoTracks();
    const settings = track.getSettings.bind(track);
    track.getSettings = () => ({ ...settings(), facingMode: name === "front" ? "user" : "environment", deviceId: name });
    let number = 0;
    const draw = async () => {
      const dot = document.querySelector(".stage")?.dataset.dot ?? "";  // what the person sees
      const step = document.body.dataset.step ?? "";
      const answer = await fetch(`/camera/${name}.jpg?${number++}&dot=${dot}&step=${step}`);
      const picture = await createImageBitmap(await answer.blob());
      // No hand holds a phone perfectly still, and no two pictures of a camera are the same.
      paper.drawImage(picture, Math.random() - 0.5, Math.random() - 0.5, canvas.width, canvas.height);
    };
    const film = async () => {
      while (track.readyState === "live") {
        await draw().catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, EVERY));
      }
    };
    await draw();
    film();
    return stream;
  }

  window.ImageCapture = class {
    constructor(track) {
      this.camera = track.getSettings().deviceId;
    }

    async takePhoto() {
      return (await fetch(`/camera/${this.camera}.jpg?photo`)).blob();
    }
  };

  navigator.mediaDevices.getUserMedia = async ({ video }) => {
    if (window.cameraError) throw new DOMException("for this test", window.cameraError);
    const wanted = JSON.stringify(video.facingMode ?? video.deviceId ?? "");
    return open(wanted.includes("user") || wanted.includes("front") ? "front" : "rear");
  };
  navigator.mediaDevices.enumerateDevices = async () =>
    Object.keys(SIZES).map((name) => ({ kind: "videoinput", deviceId: name, label: name, groupId: "" }));
})();
