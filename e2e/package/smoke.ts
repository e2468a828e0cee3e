// `npx node e2e/package/smoke.ts PROGRAM`: starts a packaged app once, on an empty profile, sees its sign-in form, and
// ends it. Playwright's own Electron driver cannot: the packaged program takes no --inspect (its fuses say so).
import { chromium } from "@playwright/test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closingLine } from "../launch/outcome.ts";

const START_LIMIT_MS = 60_000;
const [program] = process.argv.slice(2);
if (program === undefined) {
  console.error("which program? node e2e/package/smoke.ts PROGRAM");
  process.exit(2);
}
const profileDir = mkdtempSync(join(tmpdir(), "dunlin-smoke-"));
const port = await freePort();
const app = spawn(program, [`--remote-debugging-port=${port}`, "--profile-dir", profileDir], {
  stdio: "inherit",
});
const exited = once(app, "exit");
let failure: unknown;
try {
  const browser = await connect(`http://127.0.0.1:${port}`);
  const page = browser.contexts().flatMap((context) => context.pages())[0];
  await page?.getByRole("textbox", { name: "Homeserver" }).waitFor({ timeout: START_LIMIT_MS });
  if (page === undefined) throw new Error("the app opened no window");
  await browser.close();
} catch (error) {
  failure = error;
}
app.kill();
await exited;
rmSync(profileDir, { recursive: true, force: true, maxRetries: 10 });
if (failure !== undefined) console.error(failure);
console.log(closingLine({ passed: failure === undefined ? 1 : 0, failed: failure === undefined ? 0 : 1 }));
process.exit(failure === undefined ? 0 : 1);

async function connect(address: string) {
  const begin = performance.now();
  for (;;) {
    try {
      return await chromium.connectOverCDP(address);
    } catch (error) {
      if (performance.now() - begin > START_LIMIT_MS || app.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
