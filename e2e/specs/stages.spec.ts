import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Page } from "@playwright/test";
import { AppPage } from "../pages/app-page.ts";
import { expectNoViolations } from "../pages/axe.ts";
import { expect, test } from "../pages/story.ts";

// The stages that are done elsewhere: on a page in the browser, with a phone, or on another way.

test.skip(process.platform === "win32", "there the system's own program cannot be stood in for");

/** A "browser" that only writes down where it was sent: the story is who looks at the page. */
function noteTaker() {
  const dir = mkdtempSync(join(tmpdir(), "dunlin-pages-"));
  const notes = join(dir, "notes");
  writeFileSync(notes, "");
  const script = `#!${process.execPath}\nrequire("node:fs").appendFileSync(${JSON.stringify(notes)}, process.argv[2] + "\\n");\n`;
  for (const name of ["xdg-open", "open"]) {
    writeFileSync(join(dir, name), script);
    chmodSync(join(dir, name), 0o755);
  }
  return {
    env: { PATH: `${dir}${delimiter}${process.env["PATH"] ?? ""}` },
    opened: () => readFileSync(notes, "utf8").trim().split("\n").filter(Boolean),
    end: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function register(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByRole("textbox", { name: "Username" }).fill("clara");
  await page.getByRole("textbox", { name: "Password" }).fill("Tall-Ships-77");
  await page.getByRole("button", { name: "Create the account" }).click();
}

for (const [type, words] of [
  ["m.login.recaptcha", "The server wants to know that you are no robot."],
  ["m.login.sso", "Confirm with your single sign-on, on a page in your browser."],
  ["org.example.odd", "The server does the next step on a page in your browser."],
] as const)
  test(`${type} is done on the server's page, opened twice, and gone on from when it is done`, async ({
    homeserver,
    launch,
    page,
  }) => {
    homeserver.world.stages.flows.register = [[type]];
    const browser = noteTaker();
    const app = await launch({ homeserver: homeserver.baseUrl, env: browser.env });
    await page.goto(app.url);
    await register(page);
    await expect(page.getByText(words)).toBeVisible();
    await expectNoViolations(page, type);
    await page.getByRole("button", { name: "Open the page" }).click();
    await expect(page.getByText("Come back when the page says that it is done.")).toBeVisible();
    await expect.poll(browser.opened).toHaveLength(1);
    const [address = ""] = browser.opened();
    expect(new URL(address).origin).toBe(homeserver.baseUrl);
    expect(new URL(address).pathname).toBe(`/_matrix/client/v3/auth/${type}/fallback/web`);
    await page.getByRole("button", { name: "Open it again" }).click();
    await expect.poll(browser.opened).toEqual([address, address]);
    // Not done there yet: it waits on, without an error.
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("button", { name: "Open it again" })).toBeVisible();
    await expectNoViolations(page, `${type}, opened`);
    await fetch(address, { method: "POST" });
    await page.getByRole("button", { name: "Continue" }).click();
    await new AppPage(page).connection("live");
    browser.end();
  });

test("a phone number is proven by a code; a wrong one can be corrected, another number taken", async ({
  homeserver,
  launch,
  page,
}) => {
  const { world } = homeserver;
  world.stages.flows.register = [["m.login.msisdn"]];
  const app = await launch({ homeserver: homeserver.baseUrl });
  await page.goto(app.url);
  await register(page);
  const phone = page.getByRole("textbox", { name: "Phone number" });
  await phone.fill("7700 900123");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await expect(page.getByText("Enter the number with its country code")).toBeVisible();
  await expect(phone).toHaveValue("7700 900123");
  await expectNoViolations(page, "phone");
  await phone.fill("+44 7700 900123");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await expect(page.getByText("A code is on its way to +447700900123.")).toBeVisible();
  await page.getByRole("button", { name: "Use another one" }).click();
  await phone.fill("+44 7700 900456");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await expect(page.getByText("A code is on its way to +447700900456.")).toBeVisible();
  const code = page.getByRole("textbox", { name: "Code" });
  await code.fill("000000");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(code).toHaveAttribute("aria-invalid", "true");
  await expect(code).toHaveValue("000000");
  await expectNoViolations(page, "code");
  await code.fill(world.messages().at(-1)?.code ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await new AppPage(page).connection("live");
});

test("another way is taken where the first cannot be gone", async ({ homeserver, launch, page }) => {
  const { world, wire } = homeserver;
  world.stages.registrationTokens = ["harbour-2026"];
  world.stages.flows.register = [["m.login.registration_token"], ["m.login.email.identity"]];
  const app = await launch({ homeserver: homeserver.baseUrl });
  await page.goto(app.url);
  await register(page);
  await expect(page.getByText("Another way:")).toBeVisible();
  await expectNoViolations(page, "two ways");
  // Whichever stands first, the other one leads to it and back.
  const token = page.getByRole("textbox", { name: "Registration token" });
  const mail = page.getByRole("textbox", { name: "E-mail address" });
  const toToken = page.getByRole("button", { name: "With a registration token" });
  const toMail = page.getByRole("button", { name: "With an e-mail address" });
  await expect(token.or(mail)).toBeVisible();
  if (await token.isVisible()) await toMail.click();
  await expect(mail).toBeVisible();
  await toToken.click();
  await token.fill("harbour-2026");
  await page.getByRole("button", { name: "Continue" }).click();
  await new AppPage(page).connection("live");
  const used = wire.requests
    .filter(({ path }) => path.endsWith("/v3/register"))
    .map(({ body }) => (body as { auth?: { type?: string } }).auth?.type);
  expect(used.filter((type) => type !== undefined)).toEqual(["m.login.registration_token"]);
});

test("a server with single sign-on alone makes accounts on its own page (action=register)", async ({
  homeserver,
  launch,
  page,
}) => {
  homeserver.world.loginFlows = [{ type: "m.login.sso" }, { type: "m.login.token" }];
  const browser = noteTaker();
  const app = await launch({ homeserver: homeserver.baseUrl, env: browser.env });
  await page.goto(app.url);
  await expect(page.getByRole("button", { name: "Continue in the browser" })).toBeVisible();
  await page.getByRole("button", { name: "Create an account" }).click();
  await expect(page.getByText("Waiting for your browser.")).toBeVisible();
  await expect.poll(browser.opened).toHaveLength(1);
  const address = new URL(browser.opened()[0] ?? "");
  expect(address.pathname).toBe("/_matrix/client/v3/login/sso/redirect");
  expect(address.searchParams.get("action")).toBe("register");
  await page.getByRole("button", { name: "Stop waiting" }).click();
  await page.getByRole("button", { name: "Continue in the browser" }).click();
  await expect.poll(browser.opened).toHaveLength(2);
  expect(new URL(browser.opened()[1] ?? "").searchParams.get("action")).toBe("login");
  await page.getByRole("button", { name: "Stop waiting" }).click();
  browser.end();
});
