import type { Page } from "@playwright/test";

/** A film (160×90) or sound of a second, WebM, recorded by the browser itself. */
export async function recorded(page: Page, kind: "video" | "audio"): Promise<Buffer> {
  const bytes = await page.evaluate(async (what) => {
    const canvas = document.createElement("canvas");
    canvas.width = 160;
    canvas.height = 90;
    const context = canvas.getContext("2d")!;
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const out = audio.createMediaStreamDestination();
    tone.connect(out);
    tone.start();
    const stream = what === "video" ? canvas.captureStream(25) : out.stream;
    const recorder = new MediaRecorder(stream, { mimeType: `${what}/webm` });
    const pieces: Blob[] = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let frame = 0; frame < 25; frame++) {
      context.fillStyle = `hsl(${frame * 10} 80% 50%)`;
      context.fillRect(0, 0, 160, 90);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    recorder.stop();
    await stopped;
    await audio.close();
    return [...new Uint8Array(await new Blob(pieces).arrayBuffer())];
  }, kind);
  return Buffer.from(bytes);
}
