import { bars, loudness } from "./waveform.ts";

/** What was recorded. */
export interface Recording {
  readonly blob: Blob;
  readonly durationMs: number;
  /** Loudness over time, 0…1024, at most 100. */
  readonly waveform: readonly number[];
}

/** How often loudness is measured, ms. */
const MEASURE_MS = 50;
/** Nobody listens for longer; and a forgotten microphone must not fill the disk, ms. */
const LONGEST_MS = 15 * 60_000;
/** Shorter is a slip of the hand, ms. */
const SHORTEST_MS = 300;
const formats = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];

/** One voice message being spoken. The microphone is open exactly while `state` is not `idle`. */
export class VoiceRecorder {
  state = $state.raw<"idle" | "starting" | "recording">("idle");
  elapsedMs = $state.raw(0);
  /** Loudness now, 0…1. */
  level = $state.raw(0);
  /** The microphone could not be had. */
  hasFailed = $state.raw(false);
  #stream: MediaStream | null = null;
  #recorder: MediaRecorder | null = null;
  #context: AudioContext | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #measured: number[] = [];
  #startedAt = 0;
  readonly #onlongest: () => void;

  /** `onlongest`: it has become as long as it may be, and is to be sent. */
  constructor(onlongest: () => void) {
    this.#onlongest = onlongest;
  }

  async start(): Promise<void> {
    if (this.state !== "idle") return;
    this.state = "starting";
    this.hasFailed = false;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      // Discarded before the permission came.
      if (this.#isGone()) return stop(stream);
      this.#record(stream);
    } catch {
      this.hasFailed = true;
      this.#end();
    }
  }

  #isGone(): boolean {
    return this.state === "idle";
  }

  #record(stream: MediaStream): void {
    this.#stream = stream;
    const mimeType = formats.find((format) => MediaRecorder.isTypeSupported(format));
    this.#recorder = new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType });
    this.#context = new AudioContext();
    const analyser = this.#context.createAnalyser();
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#measured = [];
    this.#startedAt = performance.now();
    this.elapsedMs = 0;
    this.#recorder.start();
    this.state = "recording";
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.level = loudness(samples);
      this.#measured.push(this.level);
      this.elapsedMs = performance.now() - this.#startedAt;
      if (this.elapsedMs >= LONGEST_MS) this.#onlongest();
    }, MEASURE_MS);
  }

  /** Ends it; null where there is nothing worth sending. */
  async finish(): Promise<Recording | null> {
    const recorder = this.#recorder;
    if (this.state !== "recording" || recorder === null) return null;
    const durationMs = Math.round(performance.now() - this.#startedAt);
    const measured = this.#measured;
    const pieces: Blob[] = [];
    const stopped = new Promise<void>((resolve) => {
      recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
      recorder.addEventListener("stop", () => resolve(), { once: true });
    });
    recorder.stop();
    await stopped;
    this.#end();
    // Without its parameters: what it is, the file says itself.
    const type = recorder.mimeType.split(";", 1)[0] ?? "";
    const blob = new Blob(pieces, { type });
    return durationMs < SHORTEST_MS || blob.size === 0
      ? null
      : { blob, durationMs, waveform: bars(measured) };
  }

  /** Nothing is kept. */
  discard(): void {
    if (this.#recorder?.state === "recording") this.#recorder.stop();
    this.#end();
  }

  #end(): void {
    clearInterval(this.#timer);
    if (this.#stream !== null) stop(this.#stream);
    void this.#context?.close();
    this.#stream = this.#recorder = this.#context = null;
    this.level = 0;
    this.state = "idle";
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
