// Entry (a): the core in Electron's main process, its page in a window.
import { join } from "node:path";
import { createCores } from "./core/core.ts";
import { runElectron } from "./hosts/electron/run.ts";

// Seen from the bundle, out/main/electron.js.
runElectron(createCores, join(import.meta.dirname, ".."));
