import type { SafeStorage } from "electron";
import type { SecretsBackend } from "../../../preload/contract/models/session.ts";
import type { Seal } from "../file-secrets.ts";

export type SystemKeyring = Pick<
  SafeStorage,
  | "isAsyncEncryptionAvailable"
  | "encryptStringAsync"
  | "decryptStringAsync"
  | "getSelectedStorageBackend"
  | "setUsePlainTextEncryption"
>;

/**
 * By what secrets are sealed here. On a Linux desktop without a keyring Chromium seals with a key that everybody knows:
 * `os-weak`, and the user is told. Where there is nothing at all, a file only this user can read. Call it when the app
 * is ready.
 */
export async function sealingBy(keyring: SystemKeyring, platform: NodeJS.Platform): Promise<SecretsBackend> {
  const isWeak = platform === "linux" && keyring.getSelectedStorageBackend() === "basic_text";
  // Without it Chromium refuses to seal at all on such a desktop.
  if (isWeak) keyring.setUsePlainTextEncryption(true);
  const isAvailable = await keyring.isAsyncEncryptionAvailable().catch(() => false);
  if (!isAvailable) return "file";
  return isWeak ? "os-weak" : "os-keyring";
}

/** What diagnostics call it: on Linux there are several, and the wrong one cannot open what another sealed. */
export function keyringName(keyring: SystemKeyring, platform: NodeJS.Platform): string {
  if (platform === "linux") return keyring.getSelectedStorageBackend();
  return platform === "darwin" ? "Keychain" : "DPAPI";
}

export function sealOf(keyring: SystemKeyring): Seal {
  return {
    seal: (text) => keyring.encryptStringAsync(text),
    async open(sealed) {
      const { result, shouldReEncrypt } = await keyring.decryptStringAsync(sealed);
      return { text: result, isStale: shouldReEncrypt };
    },
  };
}
