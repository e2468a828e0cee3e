import { writeFile } from "node:fs/promises";
import type { Dialog } from "electron";
import { savedLogs } from "./saved-logs.ts";

/** Asks where to, and writes there. False when the user declined. */
export async function saveLogs(
  dialog: Pick<Dialog, "showSaveDialog">,
  profileDir: string,
  diagnostics: string,
): Promise<boolean> {
  const { canceled, filePath } = await dialog.showSaveDialog({
    defaultPath: "dunlin-logs.txt",
    filters: [{ name: "Text", extensions: ["txt"] }],
  });
  if (canceled || filePath === "") return false;
  await writeFile(filePath, savedLogs(profileDir, diagnostics), { mode: 0o600 });
  return true;
}
