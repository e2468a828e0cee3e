import type { ScreenSource } from "../../preload/contract/models/call.ts";
import type { SecretsBackend } from "../../preload/contract/models/session.ts";

// What a host must supply. The core knows no host (architecture.md, law 2): time, chance, network, secrets and
// paths come from here, which is also what makes every test of the core deterministic.

export interface Clock {
  /** Milliseconds since the epoch. May jump when the user sets the clock. */
  now(): number;
  /** Milliseconds that never go back; for measuring spans. */
  monotonic(): number;
  /** Calls `run` once after `ms` (0…2^31-1). Returns the function that cancels it. */
  after(ms: number, run: () => void): () => void;
  /** Resolves after other pending work of the event loop had its turn. */
  breath(): Promise<void>;
}

export interface Random {
  /** 0 ≤ x < 1, for jitter only. */
  fraction(): number;
  /** Unguessable, URL-safe, at least 128 bits. */
  token(): string;
}

export interface Secrets {
  readonly backend: SecretsBackend;
  /** How what is stored lies there, in words for diagnostics and without any of it. */
  describe?(): Promise<string>;
  /** The stored text, or null. Throws a `StorageFailure` when it is there but cannot be opened. */
  load(name: string): Promise<string | null>;
  /** Durable when it resolves. */
  save(name: string, secret: string): Promise<void>;
  remove(name: string): Promise<void>;
}

export type LogLevel = "debug" | "info" | "warn" | "error";
/** `fields` hold ids and numbers only: never a token, never what somebody wrote. */
export type Log = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Sharing the screen, where the page has to ask what. */
export interface Screens {
  /** Null where the system asks when the capture begins. */
  list(): Promise<readonly ScreenSource[] | null>;
  choose(id: string): void;
}

/** Where the user wants folders that we make for them. */
export interface Folders {
  /** The user is asked; else it is the folder of downloads. */
  readonly asks: boolean;
  /** An existing folder, absolute; null when the user changed their mind. */
  choose(): Promise<string | null>;
  /** Shows a folder in the system's file manager. */
  show?(path: string): Promise<void>;
}

export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: typeof globalThis.fetch;
  readonly secrets: Secrets;
  /** Directory of this profile; exists and is ours alone. */
  readonly profileDir: string;
  readonly log: Log;
  /** Opens an address in the system's browser. Only called with parsed https, http and mailto addresses. */
  openExternal(url: string): Promise<void>;
  readonly folders: Folders;
  /** Absent where the browser asks by itself what to share. */
  readonly screens?: Screens;
  /** Asks the user where to, and copies the file there; nothing happens where they cancel. Null: the page downloads. */
  readonly saveFile: ((path: string, name: string) => Promise<void>) | null;
  /** Shown to the user as the device's name at sign-in, for example "Dunlin on Linux". */
  readonly deviceName: string;
}
