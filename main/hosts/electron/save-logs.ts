import { writeFile } from "node:fs/promises";
import type { Dialog } from "electron";
import { savedLogs } from "./saved-logs.ts";

/** Asks where to, and writes there. False when the user declined; throws when it cannot be written. */
export async function saveLogs(
  dialog: Pick<Dialog, "showSaveDialog">,
  profileDir: string,
  loadDiagnostics: () => Promise<string>,
): Promise<boolean> {
  const { canceled, filePath } = await dialog.showSaveDialog({
    defaultPath: "dunlin-logs.txt",
    filters: [{ name: "Text", extensions: ["txt"] }],
  });
  if (canceled || filePath === "") return false;
  // What is broken enough that logs are asked for may be what the diagnostics would be read from.
  const diagnostics = await loadDiagnostics().catch(
    (error: unknown) => `not available: ${error instanceof Error ? error.message : String(error)}`,
  );
  await writeFile(filePath, savedLogs(profileDir, diagnostics), { mode: 0o600 });
  return true;
}
