import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SecretsBackend } from "../../preload/contract/models/session.ts";
import { FailureError } from "../core/failure.ts";
import type { Secrets } from "../core/platform.ts";
import { writeAtomically } from "../lib/write-atomically.ts";

/** How the operating system locks a text away; without one, the file's permissions are all there is. */
export interface Seal {
  seal(text: string): Promise<Buffer>;
  open(sealed: Buffer): Promise<string>;
}

/** `sealed` is base64. */
type Entry = { readonly plain: string } | { readonly sealed: string };
type Entries = Readonly<Record<string, Entry>>;

/**
 * Secrets in `profileDir`/secrets.json, readable by this user only (0600), each sealed by the system where it can.
 * What one host left unsealed the other one reads; what was sealed stays closed to a host that has no seal.
 */
export function fileSecrets(profileDir: string, backend: SecretsBackend, seal: Seal | null = null): Secrets {
  const path = join(profileDir, "secrets.json");
  // Changes read, alter and write the whole file: one after the other.
  let last: Promise<void> = Promise.resolve();
  const change = (alter: (entries: Record<string, Entry>) => void): Promise<void> => {
    const next = last.then(async () => {
      const entries = { ...(await readEntries(path)) };
      alter(entries);
      await writeAtomically(path, JSON.stringify(entries), 0o600);
    });
    last = next.catch(() => undefined);
    return next;
  };
  return {
    backend,
    async load(name) {
      await last;
      const entries = await readEntries(path);
      const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
      return entry === undefined ? null : open(entry, seal);
    },
    async save(name, secret) {
      const entry = seal ? { sealed: (await seal.seal(secret)).toString("base64") } : { plain: secret };
      await change((entries) => void (entries[name] = entry));
    },
    remove: (name) => change((entries) => void delete entries[name]),
  };
}

async function open(entry: Entry, seal: Seal | null): Promise<string> {
  if ("plain" in entry) return entry.plain;
  if (seal === null)
    throw damaged("the stored secret was sealed by the desktop app and cannot be opened here");
  try {
    return await seal.open(Buffer.from(entry.sealed, "base64"));
  } catch {
    throw damaged("the system's keyring cannot open the stored secret");
  }
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
  const { plain, sealed } = value as Partial<Record<"plain" | "sealed", unknown>>;
  return typeof plain === "string" || typeof sealed === "string";
}

// The cause is left out: JSON.parse quotes the text it choked on.
function damaged(message: string): FailureError {
  return new FailureError({ kind: "storage", problem: "damaged", message });
}
