// Entry (b): the core in plain Node, its page served to a browser window on this machine.
import { join } from "node:path";
import { createCore } from "./core/core.ts";
import { runHeadless } from "./hosts/headless/run.ts";

// Seen from the bundle, out/main/headless.js.
await runHeadless(createCore, join(import.meta.dirname, "..", "renderer"));
