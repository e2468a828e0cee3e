import type { SafeStorage } from "electron";
import type { SecretsBackend } from "../../../preload/contract/models/session.ts";
import type { Secrets } from "../../core/platform.ts";
import { fileSecrets, type Seal } from "../file-secrets.ts";

type SystemKeyring = Pick<
  SafeStorage,
  | "isAsyncEncryptionAvailable"
  | "encryptStringAsync"
  | "decryptStringAsync"
  | "getSelectedStorageBackend"
  | "setUsePlainTextEncryption"
>;

/**
 * Secrets sealed by the system's keyring, in a file of the profile. On a Linux desktop without one Chromium seals with a
 * key that everybody knows: `os-weak`, and the user is told. Where there is nothing at all, a file only this user
 * can read. Call it when the app is ready.
 */
export async function systemSecrets(
  profileDir: string,
  keyring: SystemKeyring,
  platform: NodeJS.Platform,
): Promise<Secrets> {
  const backend = await backendOf(keyring, platform);
  return fileSecrets(profileDir, backend, backend === "file" ? null : sealOf(keyring));
}

async function backendOf(keyring: SystemKeyring, platform: NodeJS.Platform): Promise<SecretsBackend> {
  const isWeak = platform === "linux" && keyring.getSelectedStorageBackend() === "basic_text";
  // Without it Chromium refuses to seal at all on such a desktop.
  if (isWeak) keyring.setUsePlainTextEncryption(true);
  const isAvailable = await keyring.isAsyncEncryptionAvailable().catch(() => false);
  if (!isAvailable) return "file";
  return isWeak ? "os-weak" : "os-keyring";
}

function sealOf(keyring: SystemKeyring): Seal {
  return {
    seal: (text) => keyring.encryptStringAsync(text),
    open: async (sealed) => (await keyring.decryptStringAsync(sealed)).result,
  };
}
