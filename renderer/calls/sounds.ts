// Ring tones and call sounds, made of sine waves on the spot: no files, nobody's rights. Soft by nature: a ring tone is
// heard a hundred times.

export type Sound = "incoming" | "outgoing" | "connected" | "ended" | "busy";

/** One note: Hz, and when and how long within the pattern, in seconds. */
export interface Note {
  readonly hertz: number;
  readonly at: number;
  readonly length: number;
}

export interface Pattern {
  readonly notes: readonly Note[];
  /** Seconds after which it begins again; null for once. */
  readonly period: number | null;
  /** 0…1. */
  readonly gain: number;
}

const [E5, G5, B5, D6, A4] = [659.26, 783.99, 987.77, 1174.66, 440];

export const patterns: Readonly<Record<Sound, Pattern>> = {
  // Up and back, twice, then a rest.
  incoming: {
    notes: [E5, B5, G5, D6, E5, B5, G5, D6].map((hertz, index) => ({
      hertz,
      at: index * 0.18 + (index >= 4 ? 0.3 : 0),
      length: 0.3,
    })),
    period: 3.2,
    gain: 0.16,
  },
  // What a line sounds like in which it rings somewhere else.
  outgoing: { notes: [{ hertz: A4, at: 0, length: 1 }], period: 4, gain: 0.05 },
  connected: {
    notes: [
      { hertz: G5, at: 0, length: 0.12 },
      { hertz: B5, at: 0.1, length: 0.2 },
    ],
    period: null,
    gain: 0.1,
  },
  ended: {
    notes: [
      { hertz: B5, at: 0, length: 0.12 },
      { hertz: E5, at: 0.12, length: 0.25 },
    ],
    period: null,
    gain: 0.1,
  },
  busy: {
    notes: [0, 0.5, 1].map((at) => ({ hertz: A4, at, length: 0.25 })),
    period: null,
    gain: 0.08,
  },
};

/** Seconds from silence to full and back: without it every note clicks. */
const EDGE = 0.015;

/** Plays one sound at a time. */
export class CallSounds {
  readonly #open: () => AudioContext;
  #context: AudioContext | null = null;
  #stop: (() => void) | null = null;
  #playing: Sound | null = null;

  constructor(open: () => AudioContext = () => new AudioContext()) {
    this.#open = open;
  }

  /** What sounds now; those that sound once count until the next. */
  get playing(): Sound | null {
    return this.#playing;
  }

  /** Begins `sound` unless it sounds already. On a page nobody has touched yet it waits for the browser's leave. */
  play(sound: Sound): void {
    if (this.#playing === sound && patterns[sound].period !== null) return;
    this.silence();
    this.#playing = sound;
    const context = (this.#context ??= this.#open());
    void context.resume().catch(() => undefined);
    const { notes, period, gain } = patterns[sound];
    const round = (): void => {
      for (const note of notes) sing(context, note, gain, oscillators);
    };
    const oscillators = new Set<OscillatorNode>();
    round();
    const timer = period === null ? undefined : setInterval(round, period * 1000);
    this.#stop = () => {
      clearInterval(timer);
      for (const oscillator of oscillators) oscillator.stop();
    };
  }

  silence(): void {
    this.#stop?.();
    this.#stop = null;
    this.#playing = null;
  }

  close(): void {
    this.silence();
    void this.#context?.close().catch(() => undefined);
    this.#context = null;
  }
}

function sing(context: AudioContext, note: Note, gain: number, sounding: Set<OscillatorNode>): void {
  const start = context.currentTime + note.at;
  const end = start + note.length;
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = note.hertz;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(gain, start + EDGE);
  volume.gain.setValueAtTime(gain, end - EDGE);
  volume.gain.linearRampToValueAtTime(0, end);
  oscillator.connect(volume).connect(context.destination);
  sounding.add(oscillator);
  oscillator.onended = () => void sounding.delete(oscillator);
  oscillator.start(start);
  oscillator.stop(end);
}
