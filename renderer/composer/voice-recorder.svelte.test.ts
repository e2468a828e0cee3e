import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { VoiceRecorder } from "./voice-recorder.svelte.ts";

// One voice message, over a microphone that only plays its part.

class FakeRecorder extends EventTarget {
  static readonly isTypeSupported = (type: string): boolean => type.startsWith("audio/webm");
  static last: FakeRecorder;
  readonly mimeType = "audio/webm;codecs=opus";
  state: "inactive" | "recording" = "inactive";
  constructor() {
    super();
    FakeRecorder.last = this;
  }
  start(): void {
    this.state = "recording";
  }
  hear(words: string): void {
    this.dispatchEvent(Object.assign(new Event("dataavailable"), { data: new Blob([words]) }));
  }
  /** As the specification says: nothing happens where it has stopped, and its events come later. */
  stop(rest = ""): void {
    if (this.state === "inactive") return;
    this.state = "inactive";
    queueMicrotask(() => {
      this.hear(rest);
      this.dispatchEvent(new Event("stop"));
    });
  }
}
class FakeContext {
  createAnalyser = () => ({ fftSize: 32, getFloatTimeDomainData: () => undefined });
  createMediaStreamSource = () => ({ connect: () => undefined });
  close = () => Promise.resolve();
}
let closed: number;
let left: number;
let now: number;
let recorder: VoiceRecorder;

beforeEach(async () => {
  [closed, left, now] = [0, 0, 0];
  const stream = { getTracks: () => [{ stop: () => (closed += 1) }] };
  vi.stubGlobal("MediaRecorder", FakeRecorder);
  vi.stubGlobal("AudioContext", FakeContext);
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => Promise.resolve(stream) } });
  vi.spyOn(performance, "now").mockImplementation(() => now);
  recorder = new VoiceRecorder({
    onlongest: () => undefined,
    onspoken: () => undefined,
    onlost: () => (left += 1),
  });
  await recorder.start();
  now = 2000;
});
afterEach(() => {
  recorder.discard();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("what was said is all there when it ends, and the microphone is closed", async () => {
  FakeRecorder.last.hear("one ");
  const ending = recorder.finish();
  const recording = await ending;
  expect(await recording?.blob.text()).toBe("one ");
  expect(recording).toMatchObject({ durationMs: 2000 });
  expect([recorder.state, closed, left]).toEqual(["idle", 1, 0]);
});

test("a microphone that is unplugged ends it, and what was said is there", async () => {
  FakeRecorder.last.hear("half a ");
  FakeRecorder.last.stop("sentence");
  await vi.waitFor(() => expect(left).toBe(1), 15_000);
  // Whoever speaks on speaks to nobody: only what was heard counts.
  now = 9000;
  const recording = await recorder.finish();
  expect(await recording?.blob.text()).toBe("half a sentence");
  expect(recording).toMatchObject({ durationMs: 2000 });
  expect([recorder.state, closed]).toEqual(["idle", 1]);
});

test("discarded, it ends without a word", async () => {
  FakeRecorder.last.hear("never mind");
  recorder.discard();
  await Promise.resolve();
  expect([recorder.state, closed, left]).toEqual(["idle", 1, 0]);
});

test("the last words of one that was discarded are not in the next one, and do not end it", async () => {
  const first = FakeRecorder.last;
  recorder.discard();
  await recorder.start();
  expect(FakeRecorder.last).not.toBe(first);
  first.hear("never mind");
  first.dispatchEvent(new Event("stop"));
  expect([recorder.state, left]).toEqual(["recording", 0]);
  FakeRecorder.last.hear("this");
  now = 4000;
  expect(await (await recorder.finish())?.blob.text()).toBe("this");
});
