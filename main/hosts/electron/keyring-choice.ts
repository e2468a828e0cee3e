import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// On Linux Chromium takes the keyring of the desktop it finds itself in. Who logs in to another desktop for a day would
// find their secrets closed: so the keyring that sealed them is written down and asked for again.

const FILE = "keyring";
/** Names of `getSelectedStorageBackend` and of the switch `--password-store`. */
const switches: Readonly<Record<string, string>> = {
  gnome_libsecret: "gnome-libsecret",
  kwallet: "kwallet",
  kwallet5: "kwallet5",
  kwallet6: "kwallet6",
};

/** What `--password-store` has to be, before the app is ready; null: as Chromium thinks best. */
export function rememberedKeyring(profileDir: string): string | null {
  try {
    const name = readFileSync(join(profileDir, FILE), "utf8").trim();
    return Object.hasOwn(switches, name) ? (switches[name] ?? null) : null;
  } catch {
    return null; // the first start
  }
}

/**
 * Remembers the keyring in use. One that was asked for and is not there any more is forgotten: at the next start Chromium
 * chooses among those there are.
 */
export function rememberKeyring(profileDir: string, selected: string): void {
  const path = join(profileDir, FILE);
  if (Object.hasOwn(switches, selected)) writeFileSync(path, selected, { mode: 0o600 });
  else rmSync(path, { force: true });
}
