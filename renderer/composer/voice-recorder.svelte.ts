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
/** Pieces come this often, ms: only what has come can be kept. */
const PIECE_MS = 1000;
/** What was spoken so far is handed on this often, ms; of a long message once in so many of its parts, as it is written whole. */
const KEEP_MS = 3000;
const KEEP_PARTS = 20;
const formats = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];

/** What is told of it while it is spoken. */
interface Hears {
  /** It has become as long as it may be, and is to be sent. */
  readonly onlongest: () => void;
  /** All of it so far, now and then: to be kept, in case nobody comes to its end. */
  readonly onspoken: (recording: Recording) => void;
}

/** One voice message being spoken. The microphone is open exactly while `state` is not `idle`. */
export class VoiceRecorder {
  state = $state.raw<"idle" | "starting" | "recording" | "ending">("idle");
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
  #keptAt = 0;
  #pieces: Blob[] = [];
  readonly #hears: Hears;

  constructor(hears: Hears) {
    this.#hears = hears;
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
    this.#pieces = [];
    this.#keptAt = this.#startedAt;
    this.#recorder.addEventListener("dataavailable", ({ data }) => this.#take(data));
    this.#recorder.start(PIECE_MS);
    this.state = "recording";
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.level = loudness(samples);
      this.#measured.push(this.level);
      this.elapsedMs = performance.now() - this.#startedAt;
      if (this.elapsedMs >= LONGEST_MS) this.#hears.onlongest();
    }, MEASURE_MS);
  }

  #take(piece: Blob): void {
    this.#pieces.push(piece);
    const [now, spoken] = [performance.now(), performance.now() - this.#startedAt];
    if (this.state !== "recording" || now - this.#keptAt < Math.max(KEEP_MS, spoken / KEEP_PARTS)) return;
    this.#keptAt = now;
    const recording = this.#whole(Math.round(spoken));
    if (recording !== null) this.#hears.onspoken(recording);
  }

  #whole(durationMs: number): Recording | null {
    // Without its parameters: what it is, the file says itself.
    const type = this.#recorder?.mimeType.split(";", 1)[0] ?? "";
    const blob = new Blob(this.#pieces, { type });
    if (durationMs < SHORTEST_MS || blob.size === 0) return null;
    return { blob, durationMs, waveform: bars(this.#measured) };
  }

  /** Ends it; null where there is nothing worth sending. */
  async finish(): Promise<Recording | null> {
    const recorder = this.#recorder;
    if (this.state !== "recording" || recorder === null) return null;
    const durationMs = Math.round(performance.now() - this.#startedAt);
    const stopped = new Promise<void>((resolve) => {
      recorder.addEventListener("stop", () => resolve(), { once: true });
    });
    // Asked twice it is ended once.
    this.state = "ending";
    clearInterval(this.#timer);
    recorder.stop();
    await stopped;
    const recording = this.#whole(durationMs);
    this.#end();
    return recording;
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
    this.#pieces = [];
    this.level = 0;
    this.state = "idle";
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
