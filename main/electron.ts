// Entry (a): the core in Electron's main process, its page in a window.
import { fileURLToPath } from "node:url";
import { createCore } from "./core/core.ts";
import { runElectron } from "./hosts/electron/run.ts";

// Seen from the bundle, out/main/electron.js.
runElectron(createCore, fileURLToPath(new URL("..", import.meta.url)));
