import type { BrowserWindow, Dialog, Shell } from "electron";
import type { Folders } from "../../core/platform.ts";

interface System {
  readonly dialog: Pick<Dialog, "showOpenDialog">;
  readonly shell: Pick<Shell, "openPath">;
  readonly window: () => BrowserWindow | null;
}

/** The system's own dialogs. What is shown is a folder we have made: the file manager opens, nothing is run. */
export const systemFolders = ({ dialog, shell, window }: System): Required<Folders> => ({
  asks: true,
  async choose() {
    const options = { properties: ["openDirectory" as const, "createDirectory" as const] };
    const parent = window();
    const { canceled, filePaths } = await (parent === null
      ? dialog.showOpenDialog(options)
      : dialog.showOpenDialog(parent, options));
    return canceled ? null : (filePaths[0] ?? null);
  },
  async show(path) {
    const problem = await shell.openPath(path);
    if (problem !== "") throw new Error(problem);
  },
});
