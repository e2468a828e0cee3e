import { bars, loudness } from "./waveform.ts";

/** What was recorded. */
export interface Recording {
  readonly blob: Blob;
  readonly durationMs: number;
  /** Loudness over time, 0…1024, at most 100. */
  readonly waveform: readonly number[];
}

/** What was said so far of a message that is being spoken. */
export interface Spoken extends Pick<Recording, "durationMs" | "waveform"> {
  /** What follows so many bytes of it. */
  readonly since: (bytes: number) => Blob;
}

/** How often loudness is measured, ms. */
const MEASURE_MS = 50;
/** Nobody listens for longer; and a forgotten microphone must not fill the disk, ms. */
const LONGEST_MS = 15 * 60_000;
/** Shorter is a slip of the hand, ms. */
const SHORTEST_MS = 300;
/** Pieces come this often, ms, and each is handed on: whoever is cut off loses no more than a second. */
const PIECE_MS = 500;
const formats = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];

/** What is told of it while it is spoken. */
interface Hears {
  /** It has become as long as it may be, and is to be sent. */
  readonly onlongest: () => void;
  /** There is more of it: to be kept, in case nobody comes to its end. */
  readonly onspoken: (spoken: Spoken) => void;
  /** The microphone has gone in the middle: there is no more of it. */
  readonly onlost: () => void;
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
  #stopped: Promise<void> = Promise.resolve();
  /** How long it was when the microphone went, ms; null while it is there. */
  #lostAtMs: number | null = null;
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
    const recorder = new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType });
    this.#recorder = recorder;
    this.#context = new AudioContext();
    const analyser = this.#context.createAnalyser();
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#measured = [];
    this.#startedAt = performance.now();
    this.elapsedMs = 0;
    this.#lostAtMs = null;
    this.#pieces = [];
    // The last words of one that was discarded come when the next may have begun.
    const isThis = (): boolean => this.#recorder === recorder;
    recorder.addEventListener("dataavailable", ({ data }) => isThis() && this.#take(data));
    recorder.addEventListener("stop", () => isThis() && this.#lose());
    // Told once, also where it stops by itself.
    this.#stopped = new Promise((resolve) => recorder.addEventListener("stop", () => resolve()));
    recorder.start(PIECE_MS);
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
    if (this.state !== "recording") return;
    const durationMs = this.#spokenMs();
    this.#hears.onspoken({
      ...{ durationMs, waveform: bars(this.#measured) },
      since: (bytes) => this.#since(bytes),
    });
  }

  /** Stopped by nobody here: it was unplugged, or taken away. */
  #lose(): void {
    if (this.state !== "recording") return;
    clearInterval(this.#timer);
    this.#lostAtMs = this.#spokenMs();
    this.#hears.onlost();
  }

  #spokenMs(): number {
    return this.#lostAtMs ?? Math.round(performance.now() - this.#startedAt);
  }

  #since(bytes: number): Blob {
    // Without its parameters: what it is, the file says itself.
    const type = this.#recorder?.mimeType.split(";", 1)[0] ?? "";
    let first = this.#pieces.length;
    let at = this.#pieces.reduce((sum, { size }) => sum + size, 0);
    while (at > bytes && first > 0) at -= this.#pieces[--first]?.size ?? 0;
    return new Blob(this.#pieces.slice(first), { type }).slice(bytes - at, undefined, type);
  }

  #whole(durationMs: number): Recording | null {
    const blob = this.#since(0);
    if (durationMs < SHORTEST_MS || blob.size === 0) return null;
    return { blob, durationMs, waveform: bars(this.#measured) };
  }

  /** Ends it; null where there is nothing worth sending. */
  async finish(): Promise<Recording | null> {
    const recorder = this.#recorder;
    if (this.state !== "recording" || recorder === null) return null;
    const durationMs = this.#spokenMs();
    // Asked twice it is ended once.
    this.state = "ending";
    clearInterval(this.#timer);
    recorder.stop();
    await this.#stopped;
    const recording = this.#whole(durationMs);
    this.#end();
    return recording;
  }

  /** The page may go in this moment: what is not handed on yet comes at once. */
  flush(): void {
    if (this.#recorder?.state === "recording") this.#recorder.requestData();
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
