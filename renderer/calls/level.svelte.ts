import { createSubscriber } from "svelte/reactivity";

/** How often a level is measured, in ms: fast enough to look alive, slow enough to cost nothing. */
const PACE = 80;

let shared: AudioContext | null = null;

/** How loud a track is, 0…1; measured only while something shows it. */
export class Level {
  #value = $state.raw(0);
  readonly #watch: () => void;

  constructor(track: MediaStreamTrack) {
    this.#watch = createSubscriber(() => this.#measure(track));
  }

  get value(): number {
    this.#watch();
    return this.#value;
  }

  #measure(track: MediaStreamTrack): () => void {
    const context = (shared ??= new AudioContext());
    void context.resume().catch(() => undefined);
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    source.connect(analyser);
    const wave = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(wave);
      this.#value = loudness(wave, this.#value);
    }, PACE);
    return () => {
      clearInterval(timer);
      source.disconnect();
      this.#value = 0;
    };
  }
}

/** −60 dB and less is silence, −10 dB is full; it rises at once and falls softly, as ears hear it. */
export function loudness(wave: Float32Array, before: number): number {
  let sum = 0;
  for (const value of wave) sum += value * value;
  const decibels = 10 * Math.log10(sum / Math.max(1, wave.length) + 1e-12);
  const now = Math.min(1, Math.max(0, (decibels + 60) / 50));
  return now > before ? now : Math.max(now, before - 0.08);
}
