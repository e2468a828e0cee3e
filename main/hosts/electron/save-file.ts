import { copyFile } from "node:fs/promises";
import type { Dialog } from "electron";

/** Asks where to, and copies the file there. What the system refuses is thrown with its code (a full disk, no right). */
export async function saveFile(
  dialog: Pick<Dialog, "showSaveDialog">,
  path: string,
  name: string,
): Promise<void> {
  const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: name });
  if (!canceled && filePath !== "") await copyFile(path, filePath);
}
