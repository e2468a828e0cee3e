import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { AppPage } from "../pages/app-page.ts";
import { expectNoViolations } from "../pages/axe.ts";
import { expect, headlessOnly, test } from "../pages/story.ts";

// Signing in on a page in the system's browser. The "browser" is a program that follows the address and its redirects.

/** A folder with an `xdg-open` and an `open` that go where they are sent. */
function browserIn(dir: string): Record<string, string> {
  const script = `#!${process.execPath}\nfetch(process.argv[2]).then((answer) => answer.text());\n`;
  for (const name of ["xdg-open", "open"]) {
    writeFileSync(join(dir, name), script);
    chmodSync(join(dir, name), 0o755);
  }
  return { PATH: `${dir}${delimiter}${process.env["PATH"] ?? ""}` };
}

test.skip(process.platform === "win32", "there the system's own program cannot be stood in for");

test(
  "OAuth 2.0: there, back, signed in; signed out it is revoked",
  headlessOnly("the system's browser is stood in for by a program the headless host calls"),
  async ({ homeserver, launch, page }) => {
    const { world, wire } = homeserver;
    world.browser.hasOAuth = true;
    world.browser.user = "ana";
    world.loginFlows = [];
    const bin = mkdtempSync(join(tmpdir(), "dunlin-browser-"));
    const app = await launch({ homeserver: homeserver.baseUrl, env: browserIn(bin) });
    await page.goto(app.url);
    const dunlin = new AppPage(page);
    await expect(page.getByRole("button", { name: "Continue in the browser" })).toBeVisible();
    await expectNoViolations(page, "sign-in with OAuth");
    await page.getByRole("button", { name: "Continue in the browser" }).click();
    await dunlin.connection("live");
    await page.keyboard.press("Control+,");
    const settings = page.getByRole("dialog", { name: "Settings" });
    await settings.getByRole("button", { name: "Account…" }).click();
    const account = page.getByRole("dialog", { name: "Account", exact: true });
    await expect(account.getByRole("button", { name: "Manage the account in the browser" })).toBeVisible();
    await expect(account.getByRole("textbox", { name: "New password" })).toHaveCount(0);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+,");
    await settings.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("dialog", { name: "Sign out?" }).getByRole("button", { name: "Sign out" }).click();
    await dunlin.connection("signed-out");
    expect(wire.requests.some(({ path }) => path === "/oauth2/revoke")).toBe(true);
    rmSync(bin, { recursive: true, force: true, maxRetries: 5 });
  },
);

test(
  "single sign-on: the providers are offered by name beside the password and a token; waiting can be stopped",
  headlessOnly("the system's browser is stood in for by a program the headless host calls"),
  async ({ homeserver, launch, page }) => {
    const { world } = homeserver;
    const identity_providers = [{ id: "harbour", name: "Harbour Office" }];
    world.loginFlows = [
      { type: "m.login.password" },
      { type: "m.login.sso", identity_providers },
      { type: "m.login.token" },
    ];
    const bin = mkdtempSync(join(tmpdir(), "dunlin-browser-"));
    const app = await launch({ homeserver: homeserver.baseUrl, env: browserIn(bin) });
    await page.goto(app.url);
    const way = page.getByRole("button", { name: "Continue with Harbour Office" });
    await page.getByRole("button", { name: "Sign in with a token" }).click();
    await expectNoViolations(page, "sign-in with a token");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("Enter the token.");
    const token = page.getByRole("textbox", { name: "Login token" });
    await token.fill("made up");
    await token.press("Enter");
    await expect(page.getByRole("alert")).toContainText("The server does not take this token");
    await expect(token).toHaveValue("made up");
    await page.getByRole("button", { name: "Sign in with a password" }).click();
    await expect(page.getByRole("textbox", { name: "Username" })).toBeVisible();
    await way.click();
    await expect(page.getByText("Waiting for your browser.")).toBeVisible();
    await page.getByRole("button", { name: "Stop waiting" }).click();
    await expect(page.getByText("Waiting for your browser.")).toHaveCount(0);
    await expect(page.getByRole("alert")).toBeHidden();
    world.browser.user = "ana";
    await way.click();
    await new AppPage(page).connection("live");
    rmSync(bin, { recursive: true, force: true, maxRetries: 5 });
  },
);
