import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SecretsBackend } from "../../preload/contract/models/session.ts";
import { FailureError } from "../core/failure.ts";
import type { Secrets } from "../core/platform.ts";
import { writeAtomically } from "../lib/write-atomically.ts";

/** How the operating system locks a text away; without one, the file's permissions are all there is. */
export interface Seal {
  seal(text: string): Promise<Buffer>;
  /** `isStale`: it is to be sealed anew, under the key of today. */
  open(sealed: Buffer): Promise<{ readonly text: string; readonly isStale: boolean }>;
}

export interface Seals {
  /** The system's. */
  readonly system: Seal | null;
  /** What the system's is called, for diagnostics. */
  readonly systemName?: string;
  /** Of a key that a passphrase opens too (electron/vault.ts); asked anew each time, as it may come and go. */
  readonly key?: () => Seal | null;
}

export interface FileSecrets extends Secrets {
  /** Seals everything anew, by `next`. Throws when something cannot be opened, and changes nothing then. */
  reseal(next: Seals): Promise<void>;
}

/** `sealed` by the system, `boxed` by the key; both base64. */
type Entry = { readonly plain: string } | { readonly sealed: string } | { readonly boxed: string };
type Entries = Readonly<Record<string, Entry>>;

/**
 * Secrets in `profileDir`/secrets.json, readable by this user only (0600), each sealed by the system where it can.
 * What one host left unsealed the other one reads; what was sealed stays closed to a host that has no seal.
 */
export function fileSecrets(
  profileDir: string,
  backend: SecretsBackend,
  seals: Seals = { system: null },
): FileSecrets {
  const path = join(profileDir, "secrets.json");
  // Changes read, alter and write the whole file: one after the other.
  let last: Promise<void> = Promise.resolve();
  const change = (alter: (entries: Record<string, Entry>) => void | Promise<void>): Promise<void> => {
    const next = last.then(async () => {
      const entries = { ...(await readEntries(path)) };
      await alter(entries);
      await writeAtomically(path, JSON.stringify(entries), 0o600);
    });
    last = next.catch(() => undefined);
    return next;
  };
  const save = async (name: string, secret: string): Promise<void> => {
    const entry = await closed(secret, seals);
    await change((entries) => void (entries[name] = entry));
  };
  return {
    backend,
    async load(name) {
      await last;
      const entries = await readEntries(path);
      const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
      if (entry === undefined) return null;
      const { text, isStale } = await open(entry, seals);
      // Readable as it is: a disk that refuses the new form now gets another chance at the next start.
      if (isStale) await save(name, text).catch(() => undefined);
      return text;
    },
    save,
    async describe() {
      await last;
      const forms = Object.values(await readEntries(path)).map((entry) => formOf(entry, seals));
      const counts = [...new Set(forms)].map(
        (form) => `${forms.filter((one) => one === form).length} ${form}`,
      );
      return counts.length === 0 ? "nothing stored" : counts.join(", ");
    },
    remove: (name) => change((entries) => void delete entries[name]),
    reseal: (next) =>
      change(async (entries) => {
        for (const [name, entry] of Object.entries(entries))
          entries[name] = await closed((await open(entry, seals)).text, next);
      }),
  };
}

async function closed(secret: string, { system, key }: Seals): Promise<Entry> {
  const own = key?.() ?? null;
  if (own !== null) return { boxed: (await own.seal(secret)).toString("base64") };
  return system === null ? { plain: secret } : { sealed: (await system.seal(secret)).toString("base64") };
}

async function open(
  entry: Entry,
  { system, key }: Seals,
): Promise<{ readonly text: string; readonly isStale: boolean }> {
  const own = key?.() ?? null;
  // Written before there was a keyring, or by the host that has none.
  if ("plain" in entry) return { text: entry.plain, isStale: system !== null || own !== null };
  const seal = "boxed" in entry ? own : system;
  if (seal === null)
    throw damaged("the stored secret was sealed by the desktop app and cannot be opened here");
  try {
    const { text, isStale } = await seal.open(
      Buffer.from("boxed" in entry ? entry.boxed : entry.sealed, "base64"),
    );
    // Of before there was a passphrase: the keyring alone could open it.
    return { text, isStale: isStale || ("sealed" in entry && own !== null) };
  } catch {
    throw damaged("the system's keyring cannot open the stored secret");
  }
}

function formOf(entry: Entry, { systemName = "the system" }: Seals): string {
  if ("plain" in entry) return "not sealed";
  return "boxed" in entry ? "sealed by a key of our own" : `sealed by ${systemName}`;
}

async function readEntries(path: string): Promise<Entries> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
  // A copy or a restored backup may have lost our permissions.
  if (process.platform !== "win32") await chmod(path, 0o600).catch(() => undefined);
  return parseEntries(text);
}

function parseEntries(text: string): Entries {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged("secrets.json is not JSON");
  }
  if (typeof value !== "object" || value === null || !Object.values(value).every(isEntry))
    throw damaged("secrets.json has an unknown form");
  return value as Entries;
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  const { plain, sealed, boxed } = value as Partial<Record<"plain" | "sealed" | "boxed", unknown>>;
  return [plain, sealed, boxed].some((text) => typeof text === "string");
}

// The cause is left out: JSON.parse quotes the text it choked on.
function damaged(message: string): FailureError {
  return new FailureError({ kind: "storage", problem: "damaged", message });
}
