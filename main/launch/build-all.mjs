// `npm run build`: everything, also what looks fresh.
import { build } from "./build.mjs";

const failure = await build({ force: true });
if (failure !== undefined) process.stderr.write(`${failure}\n`);
process.exitCode = failure === undefined ? 0 : 1;
