import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Log, Secrets } from "../../core/platform.ts";
import { writeAtomically } from "../../lib/write-atomically.ts";
import { fileSecrets, type Seal } from "../file-secrets.ts";
import { keySeal, newKey, unwrapKey, wrapKey, wrappedKey } from "./passphrase.ts";
import { keyringName, sealOf, sealingBy, type SystemKeyring } from "./secrets.ts";

// The profile's secrets with an optional passphrase as a second key. With one, secrets are boxed by a key that lies in
// key.json twice: sealed by the system's keyring, so that nobody is asked every day, and wrapped by the passphrase, so
// that another keyring (a new desktop, a moved profile) asks once instead of signing out.

const FILE = "key.json";
const storedKey = z.object({ sealed: z.string().nullable(), wrapped: wrappedKey });
type StoredKey = z.infer<typeof storedKey>;

export interface Vault {
  readonly secrets: Secrets;
  hasPassphrase(): boolean;
  /** Only the passphrase can open it: the keyring is not the one it was sealed by. */
  isClosed(): boolean;
  /** Whether it is the passphrase. Opens what is closed, and seals the key by the keyring of today. */
  open(passphrase: string): Promise<boolean>;
  /** Sets, changes or (null) removes it. False when `current` is not the passphrase. */
  setPassphrase(current: string | null, next: string | null): Promise<boolean>;
}

export async function openVault(
  profileDir: string,
  keyring: SystemKeyring,
  platform: NodeJS.Platform,
  log: Log,
): Promise<Vault> {
  const path = join(profileDir, FILE);
  const backend = await sealingBy(keyring, platform);
  const system: Seal | null = backend === "file" ? null : sealOf(keyring);
  let stored = readKey(path);
  let key: Buffer | null = null;
  const secrets = fileSecrets(profileDir, backend, {
    system,
    systemName: keyringName(keyring, platform),
    key: () => (key === null ? null : keySeal(key)),
  });

  const write = async (next: StoredKey): Promise<void> => {
    await writeAtomically(path, JSON.stringify(next), 0o600);
    stored = next;
  };
  /** Null where there is no keyring: then the passphrase is asked at every start. */
  const sealed = async (one: Buffer): Promise<string | null> =>
    system === null ? null : (await system.seal(one.toString("base64"))).toString("base64");

  if (stored?.sealed && system !== null) {
    try {
      const { text, isStale } = await system.open(Buffer.from(stored.sealed, "base64"));
      key = Buffer.from(text, "base64");
      if (isStale) await write({ ...stored, sealed: await sealed(key) });
    } catch (error) {
      log("warn", "keyring-changed", { name: error instanceof Error ? error.name : "" });
    }
  }

  return {
    secrets,
    hasPassphrase: () => stored !== null,
    isClosed: () => stored !== null && key === null,
    async open(passphrase) {
      if (stored === null) return true;
      const opened = await unwrapKey(stored.wrapped, passphrase);
      if (opened === null) return false;
      if (key === null) {
        key = opened;
        try {
          await write({ ...stored, sealed: await sealed(opened) });
          log("info", "key-resealed");
        } catch (error) {
          // A full disk: it is open all the same, and asks once more at the next start.
          log("warn", "key-not-resealed", { name: error instanceof Error ? error.name : "" });
        }
      }
      return true;
    },
    async setPassphrase(current, next) {
      const before = stored;
      if (before !== null) {
        const isRight = current !== null && (await unwrapKey(before.wrapped, current)) !== null;
        if (!isRight || key === null) return false;
      }
      if (next === null) {
        // Before the key goes. The entries say by what they are sealed, so a kill on the way harms nothing.
        await secrets.reseal({ system });
        rmSync(path, { force: true });
        stored = key = null;
        return true;
      }
      const own = key ?? newKey();
      await write({ sealed: await sealed(own), wrapped: await wrapKey(own, next) });
      key = own;
      await secrets.reseal({ system, key: () => keySeal(own) });
      return true;
    },
  };
}

function readKey(path: string): StoredKey | null {
  try {
    return storedKey.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null; // there is none, which is the rule
  }
}
