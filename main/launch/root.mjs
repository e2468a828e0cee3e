import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout this launcher lies in. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the launcher remembers things between runs; outside node_modules, which `npm ci` wipes. */
export const cacheDir = join(root, ".cache", "dunlin");
