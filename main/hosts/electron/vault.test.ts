import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openVault, type Vault } from "./vault.ts";

// A passphrase as the second key of the profile's secrets.

// A passphrase costs some tenths of a second on purpose, and many times that on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

let dir: string;
let logged: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "dunlin-vault-"));
  logged = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A keyring that opens what it has sealed itself; `isStale`: it wants it sealed anew. */
function keyring(secret: string, isStale = false) {
  const mark = `${secret}:`;
  return {
    sealed: 0,
    setUsePlainTextEncryption: () => undefined,
    getSelectedStorageBackend: () => "gnome_libsecret" as const,
    isAsyncEncryptionAvailable: () => Promise.resolve(true),
    encryptStringAsync(text: string) {
      this.sealed += 1;
      return Promise.resolve(Buffer.from(mark + text).reverse());
    },
    decryptStringAsync(sealed: Buffer) {
      const text = Buffer.from(sealed).reverse().toString();
      return text.startsWith(mark)
        ? Promise.resolve({ result: text.slice(mark.length), shouldReEncrypt: isStale })
        : Promise.reject(new Error("another key"));
    },
  };
}
const open = (ring: ReturnType<typeof keyring>): Promise<Vault> =>
  openVault(dir, ring, "linux", (_level, event) => void logged.push(event));
const files = (): string =>
  ["secrets.json", "key.json"].map((name) => readFileSync(join(dir, name), "utf8")).join();

async function withPassphrase(): Promise<void> {
  const vault = await open(keyring("old"));
  await vault.secrets.save("session", "s3sam3");
  expect(await vault.setPassphrase(null, "correct horse")).toBe(true);
}

test("with a passphrase the keyring still opens everything without asking", async () => {
  await withPassphrase();
  const vault = await open(keyring("old"));
  expect([vault.hasPassphrase(), vault.isClosed()]).toEqual([true, false]);
  expect(await vault.secrets.load("session")).toBe("s3sam3");
  expect(files()).not.toMatch(/s3sam3|correct horse/);
});

test("another keyring asks for the passphrase once, and never signs out", async () => {
  await withPassphrase();
  const moved = await open(keyring("new"));
  expect(moved.isClosed()).toBe(true);
  await expect(moved.secrets.load("session")).rejects.toThrow("cannot be opened");
  expect(await moved.open("wrong horse")).toBe(false);
  expect(moved.isClosed()).toBe(true);
  expect(await moved.open("correct horse")).toBe(true);
  expect(await moved.secrets.load("session")).toBe("s3sam3");
  expect(logged).toEqual(["keyring-changed", "key-resealed"]);
  const next = await open(keyring("new"));
  expect([next.isClosed(), await next.secrets.load("session")]).toEqual([false, "s3sam3"]);
});

test("a passphrase opens also where the disk takes nothing; it is asked for once more then", async () => {
  await withPassphrase();
  const full = { ...keyring("new"), encryptStringAsync: () => Promise.reject(new Error("ENOSPC")) };
  const moved = await open(full);
  expect(await moved.open("correct horse")).toBe(true);
  expect([moved.isClosed(), await moved.secrets.load("session")]).toEqual([false, "s3sam3"]);
  expect(logged).toContain("key-not-resealed");
  expect((await open(keyring("new"))).isClosed()).toBe(true);
});

test("without a passphrase another keyring cannot open what is there, and says so", async () => {
  await (await open(keyring("old"))).secrets.save("session", "s3sam3");
  const vault = await open(keyring("new"));
  expect(vault.isClosed()).toBe(false);
  await expect(vault.secrets.load("session")).rejects.toThrow("the system's keyring cannot open");
});

test("what the keyring calls stale is sealed anew at the next reading", async () => {
  await (await open(keyring("old"))).secrets.save("session", "s3sam3");
  const ring = keyring("old", true);
  expect(await (await open(ring)).secrets.load("session")).toBe("s3sam3");
  expect(ring.sealed).toBe(1);
});

describe("the passphrase", () => {
  test("is changed and removed by who knows it", async () => {
    await withPassphrase();
    const vault = await open(keyring("old"));
    expect(await vault.setPassphrase("wrong horse", "battery staple")).toBe(false);
    expect(await vault.setPassphrase(null, null)).toBe(false);
    expect(await vault.setPassphrase("correct horse", "battery staple")).toBe(true);
    expect([await vault.open("correct horse"), await vault.open("battery staple")]).toEqual([false, true]);
    expect(await vault.setPassphrase("battery staple", null)).toBe(true);
    const after = await open(keyring("old"));
    expect([after.hasPassphrase(), await after.secrets.load("session")]).toEqual([false, "s3sam3"]);
  });

  test("opens the same typed on another keyboard", async () => {
    await withPassphrase();
    const vault = await open(keyring("old"));
    await vault.setPassphrase("correct horse", "Bl\u00e4tterteig");
    expect(await vault.open("Bla\u0308tterteig")).toBe(true);
  });

  test("that was cut off half-way by a kill leaves everything readable", async () => {
    await withPassphrase();
    const before = readFileSync(join(dir, "secrets.json"), "utf8");
    const vault = await open(keyring("old"));
    expect(await vault.setPassphrase("correct horse", null)).toBe(true);
    // The key was written, the secrets not yet: as after a kill between the two when setting one.
    const unboxed = readFileSync(join(dir, "secrets.json"), "utf8");
    await vault.setPassphrase(null, "correct horse");
    writeFileSync(join(dir, "secrets.json"), unboxed);
    expect(before).not.toBe(unboxed);
    expect(await (await open(keyring("old"))).secrets.load("session")).toBe("s3sam3");
  });

  test("guards the key against a file that was changed", async () => {
    await withPassphrase();
    const path = join(dir, "key.json");
    const stored = JSON.parse(readFileSync(path, "utf8")) as { wrapped: { box: string } };
    const box = Buffer.from(stored.wrapped.box, "base64");
    box[20] = (box[20] ?? 0) ^ 1;
    writeFileSync(
      path,
      JSON.stringify({ ...stored, wrapped: { ...stored.wrapped, box: box.toString("base64") } }),
    );
    expect(await (await open(keyring("new"))).open("correct horse")).toBe(false);
  });
});
