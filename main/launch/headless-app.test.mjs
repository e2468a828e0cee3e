import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addressIn } from "./headless-app.mjs";
import { root } from "./root.mjs";

test("only a whole ready line is an address", () => {
  expect(addressIn("ready http://127.0.0.1:4711/?token=abc")).toBe("http://127.0.0.1:4711/?token=abc");
  const others = [
    "ready",
    "ready http://0.0.0.0:1/?token=a",
    " ready http://127.0.0.1:1/?token=a",
    "already",
  ];
  for (const line of others) expect(addressIn(line)).toBeUndefined();
});

// The stand-in browser is a shell script, and Windows has no signals.
describe.runIf(process.platform !== "win32")("a headless host and its window", () => {
  const ready = "ready http://127.0.0.1:4711/?token=abc";
  let dir = "";

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "dunlin-window-"));
    write(
      "host.mjs",
      `import { writeFileSync } from "node:fs";
      writeFileSync(${JSON.stringify(join(dir, "host.env"))}, process.env.DUNLIN_SIGN_IN ?? "none");
      console.log("a warning of some library");
      console.log(${JSON.stringify(ready)});
      process.on("SIGTERM", () => { console.error("host closes"); process.exit(0); });
      setInterval(() => {}, 1000);`,
    );
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

  function write(/** @type {string} */ name, /** @type {string} */ text) {
    writeFileSync(join(dir, name), text);
    chmodSync(join(dir, name), 0o755);
  }

  /** @param {string} browser the stand-in's script */
  function start(browser) {
    write("browser.sh", `#!/bin/sh\necho "\${DUNLIN_SIGN_IN:-none}" > "${dir}/browser.env"\n${browser}\n`);
    const module = pathToFileURL(join(root, "main", "launch", "headless-app.mjs")).href;
    const flags = { open: true, headlessHost: true, check: false, profileDir: dir };
    const code = `import { runHeadless } from ${JSON.stringify(module)};
      const env = { ...process.env, DUNLIN_SIGN_IN: "a password" };
      process.exit(await runHeadless(${JSON.stringify(flags)}, env, ${JSON.stringify(join(dir, "host.mjs"))}));`;
    const app = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, DUNLIN_BROWSER: join(dir, "browser.sh") },
    });
    const said = { stdout: "", stderr: "" };
    app.stdout.setEncoding("utf8").on("data", (text) => (said.stdout += text));
    app.stderr.setEncoding("utf8").on("data", (text) => (said.stderr += text));
    return { app, said, ended: once(app, "close") };
  }

  test("closing the window ends the host, with status 0 and one line on stdout", async () => {
    const { said, ended } = start("exit 0");
    expect((await ended)[0]).toBe(0);
    expect(said.stdout).toBe(`${ready}\n`);
    expect(said.stderr).toContain("a warning of some library");
    expect(said.stderr).toContain("host closes");
  });

  test("the host gets the sign-in, the browser does not", async () => {
    const { ended } = start("exit 0");
    await ended;
    expect(readFileSync(join(dir, "host.env"), "utf8")).toBe("a password");
    expect(readFileSync(join(dir, "browser.env"), "utf8")).toBe("none\n");
  });

  test("a browser that fails leaves the host running, and SIGTERM ends it with status 0", async () => {
    const { app, said, ended } = start("exit 3");
    await expect.poll(() => said.stderr, { timeout: 20_000 }).toContain("open this address in a browser");
    app.kill("SIGTERM");
    expect((await ended)[0]).toBe(0);
    expect(said.stderr).toContain("host closes");
  });

  test("SIGTERM ends the window too", async () => {
    const { app, said, ended } = start("exec sleep 600");
    await expect.poll(() => said.stderr, { timeout: 20_000 }).toContain("opening a window");
    app.kill("SIGTERM");
    expect((await ended)[0]).toBe(0);
  });

  test("a host that fails at its start is the app's failure", async () => {
    write("host.mjs", `console.error("The profile is in use."); process.exit(1);`);
    const { said, ended } = start("exit 0");
    expect((await ended)[0]).toBe(1);
    expect(said.stdout).toBe("");
    expect(said.stderr).toContain("The profile is in use.");
  });
});
