// What `headless.ts` loads once the compile cache is on.
export { createCores } from "../../core/core.ts";
export { runHeadless } from "./run.ts";
