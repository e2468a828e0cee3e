import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretsBackend } from "../../preload/contract/models/session.ts";
import { systemClock } from "../lib/clock.ts";
import { FailureError } from "./failure.ts";
import type { Clock, Log, LogLevel, Platform, Random, Secrets } from "./platform.ts";

// A host for tests of the core: real files and real HTTP, but time, chance and secrets are in the test's hands.
// Test support: nothing of the product imports it.

/** The machine's own time, for tests where real sockets set the pace. */
export const realClock = (): Clock => systemClock;

/** A clock that stands still until told. Timers run inside `advance`, in the order they are due. */
export interface ManualClock extends Clock {
  /**
   * Lets `ms` pass. Between timers, promises and ready sockets get their turn, so what a timer starts may set further
   * timers that are still due within the same span.
   */
  advance(ms: number): Promise<void>;
  /** The user sets the machine's clock by so much (may be negative): `now` jumps, `monotonic` and timers do not. */
  jump(ms: number): void;
  /** Milliseconds to the next timer, or null when nobody waits. */
  nextIn(): number | null;
  /** How many timers are set. */
  readonly pending: number;
}

/** Breaths given between two timers: enough for chains of a few promises and immediate callbacks. */
const BREATHS = 4;

/** `start` is in ms since the epoch. */
export function manualClock(start = Date.UTC(2026, 0, 15, 12)): ManualClock {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  let elapsed = 0;
  let jumped = 0;
  const next = () => [...timers].reduce((a, b) => (b.at < a.at ? b : a), { at: Infinity, run: () => {} });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < BREATHS; i++) await systemClock.breath();
  };
  return {
    now: () => start + elapsed + jumped,
    monotonic: () => elapsed,
    after(ms, run) {
      const timer = { at: elapsed + Math.max(ms, 0), run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    breath: () => systemClock.breath(),
    async advance(ms) {
      const end = elapsed + ms;
      await settle();
      for (let timer = next(); timer.at <= end; timer = next()) {
        timers.delete(timer);
        elapsed = Math.max(elapsed, timer.at);
        timer.run();
        await settle();
      }
      elapsed = end;
      await settle();
    },
    jump: (ms) => void (jumped += ms),
    nextIn: () => (timers.size === 0 ? null : Math.max(0, next().at - elapsed)),
    get pending() {
      return timers.size;
    },
  };
}

/** The same chance in every run with the same seed (mulberry32). */
export function seededRandom(seed = 1): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const digit = (): string => Math.floor(fraction() * 36).toString(36);
  return { fraction, token: () => Array.from({ length: 32 }, digit).join("") };
}

/** Secrets in memory. Hand the same one to the next platform to play a restart. */
export class FakeSecrets implements Secrets {
  readonly backend: SecretsBackend;
  readonly stored = new Map<string, string>();
  /** Every text ever saved, in order: what was durable when. */
  readonly history: string[] = [];
  /** The keyring is locked or was replaced: what is stored cannot be opened. */
  isLost = false;
  /** The disk is full: saving throws. */
  isFull = false;

  constructor(backend: SecretsBackend = "os-keyring") {
    this.backend = backend;
  }

  async load(name: string): Promise<string | null> {
    await systemClock.breath();
    const secret = this.stored.get(name);
    if (secret === undefined) return null;
    if (this.isLost)
      throw new FailureError({ kind: "storage", message: "cannot be opened", problem: "damaged" });
    return secret;
  }

  async save(name: string, secret: string): Promise<void> {
    await systemClock.breath();
    if (this.isFull) throw new FailureError({ kind: "storage", message: "disk full", problem: "full" });
    this.stored.set(name, secret);
    this.history.push(secret);
  }

  async remove(name: string): Promise<void> {
    await systemClock.breath();
    this.stored.delete(name);
  }
}

export interface LoggedLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface FakePlatformOptions {
  /** Default: a manual clock. */
  readonly clock?: Clock;
  readonly seed?: number;
  /** Default: a new temporary directory; `cleanUp` removes it in both cases. */
  readonly profileDir?: string;
  readonly secrets?: FakeSecrets;
  /** Default: the real one. */
  readonly fetch?: typeof globalThis.fetch;
  readonly deviceName?: string;
}

export interface FakePlatform extends Platform {
  readonly secrets: FakeSecrets;
  /** Everything logged so far. */
  readonly logged: readonly LoggedLine[];
  /** Addresses opened in the system's browser. */
  readonly opened: readonly string[];
  /** Where folders for the user go. */
  readonly downloads: string;
  /** Removes the profile directory. */
  cleanUp(): void;
}

export function fakePlatform(options: FakePlatformOptions = {}): FakePlatform {
  const profileDir = options.profileDir ?? mkdtempSync(join(tmpdir(), "dunlin-core-"));
  const downloads = join(profileDir, "downloads");
  const logged: LoggedLine[] = [];
  const opened: string[] = [];
  const log: Log = (level, event, fields = {}) => void logged.push({ level, event, fields });
  return {
    clock: options.clock ?? manualClock(),
    random: seededRandom(options.seed),
    fetch: options.fetch ?? globalThis.fetch,
    secrets: options.secrets ?? new FakeSecrets(),
    profileDir,
    log,
    folders: {
      asks: false,
      choose() {
        mkdirSync(downloads, { recursive: true });
        return Promise.resolve(downloads);
      },
    },
    downloads,
    saveFile: null,
    openExternal: (url) => Promise.resolve(void opened.push(url)),
    deviceName: options.deviceName ?? "Dunlin in a test",
    logged,
    opened,
    cleanUp: () => rmSync(profileDir, { recursive: true, force: true, maxRetries: 3 }),
  };
}
