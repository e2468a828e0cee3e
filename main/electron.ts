// Entry (a): the core in Electron's main process, its page in a window.
import { join } from "node:path";
import { createCore } from "./core/core.ts";
import { runElectron } from "./hosts/electron/run.ts";

// Seen from the bundle, out/main/electron.js.
runElectron(createCore, join(import.meta.dirname, ".."));
