import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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
  const name = storedIn(join(profileDir, FILE)) ?? "";
  return Object.hasOwn(switches, name) ? (switches[name] ?? null) : null;
}

/**
 * Remembers the keyring in use. One that was asked for and is not there any more is forgotten: at the next start Chromium
 * chooses among those there are. Throws where the disk takes nothing: no reason not to start.
 */
export function rememberKeyring(profileDir: string, selected: string): void {
  const path = join(profileDir, FILE);
  if (!Object.hasOwn(switches, selected)) return rmSync(path, { force: true });
  if (storedIn(path) === selected) return; // as at nearly every start
  const half = `${path}.tmp`;
  writeFileSync(half, selected, { mode: 0o600 });
  renameSync(half, path);
}

function storedIn(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null; // the first start
  }
}
