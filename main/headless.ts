// Entry (b): the core in plain Node, its page served to a browser window on this machine.
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Compiled code of the last start, beside the bundles: a quarter of the time to the ready line. It has to be asked for
// before the code is read, so the rest is a file of its own. Where it cannot be written, nothing happens.
const out = join(import.meta.dirname, "..");
enableCompileCache(join(out, "compiled"));

const { createCores, runHeadless } = await import("./hosts/headless/bundle.ts");
await runHeadless(createCores, join(out, "renderer"));
