import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openVault, type Vault } from "./vault.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "dunlin-keyring-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

type Backend = "basic_text" | "gnome_libsecret" | "unknown";
function keyring(backend: Backend, isAvailable: boolean | "breaks" = true) {
  const made = {
    isPlainAllowed: false,
    setUsePlainTextEncryption: (isAllowed: boolean) => void (made.isPlainAllowed = isAllowed),
    getSelectedStorageBackend: () => backend,
    isAsyncEncryptionAvailable: () =>
      isAvailable === "breaks" ? Promise.reject(new Error("no bus")) : Promise.resolve(isAvailable),
    encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(text).reverse()),
    decryptStringAsync: (sealed: Buffer) =>
      Promise.resolve({ result: Buffer.from(sealed).reverse().toString(), shouldReEncrypt: false }),
  };
  return made;
}
const vaultOf = (ring: ReturnType<typeof keyring>, platform: NodeJS.Platform): Promise<Vault> =>
  openVault(dir, ring, platform, () => undefined);
const file = (): string => readFileSync(join(dir, "secrets.json"), "utf8");

test.each([
  ["linux", "gnome_libsecret"],
  ["darwin", "unknown"],
  ["win32", "unknown"],
] as const)("on %s with a keyring (%s) the secret is sealed by it", async (platform, backend) => {
  const { secrets } = await vaultOf(keyring(backend), platform);
  await secrets.save("session", "s3sam3");
  expect(secrets.backend).toBe("os-keyring");
  expect(file()).not.toContain("s3sam3");
  expect(await (await vaultOf(keyring(backend), platform)).secrets.load("session")).toBe("s3sam3");
});

test.each([
  ["linux", "1 sealed by gnome_libsecret"],
  ["darwin", "1 sealed by Keychain"],
  ["win32", "1 sealed by DPAPI"],
] as const)(
  "on %s a session of before the keyring is sealed, and diagnostics name what by",
  async (platform, said) => {
    await (await vaultOf(keyring("basic_text", false), "linux")).secrets.save("session", "s3sam3");
    const { secrets } = await vaultOf(keyring("gnome_libsecret"), platform);
    expect(await secrets.load("session")).toBe("s3sam3");
    expect(file()).not.toContain("s3sam3");
    expect(await secrets.describe?.()).toBe(said);
  },
);

test("a Linux desktop without a keyring seals weakly and says so", async () => {
  const weak = keyring("basic_text");
  const { secrets } = await vaultOf(weak, "linux");
  await secrets.save("session", "s3sam3");
  expect([secrets.backend, weak.isPlainAllowed]).toEqual(["os-weak", true]);
  expect(file()).not.toContain("s3sam3");
});

test.each([false, "breaks"] as const)(
  "where nothing can seal (%s) a private file has to do",
  async (isAvailable) => {
    const { secrets } = await vaultOf(keyring("basic_text", isAvailable), "linux");
    await secrets.save("session", "s3sam3");
    expect(secrets.backend).toBe("file");
    expect(await secrets.load("session")).toBe("s3sam3");
  },
);
