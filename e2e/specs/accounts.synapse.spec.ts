import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { ContractClient, request as clientRequest } from "../homeserver/contract-client.ts";
import { startApp, type RunningApp } from "../launch/app.ts";
import { filesWith } from "../launch/files-with.ts";
import { expect, test } from "../launch/fixtures.ts";
import { AppPage } from "../pages/app-page.ts";
import { recordNotifications, standing } from "../pages/shown-notifications.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";
import { registerWithSecret, type SynapseUser } from "../synapse/register.ts";
import { request } from "../synapse/request.ts";
import { startSynapse, type Synapse } from "../synapse/start.ts";

// Accounts on a real Synapse: made, looked after and deactivated; two in one window; signed out without a trace.

/** Registration asks for a token; who is only there to talk to comes in by the secret. */
const secret = "shared by this test and its server";
let synapse: Synapse;
/** The app goes through it, so that its calls are checked. */
let proxy: FaultyProxy;
let admin: SynapseUser;
let app: RunningApp;
let profileDir: string;

test.beforeAll(async () => {
  synapse = await startSynapse({
    config: {
      registration_requires_token: true,
      enable_registration_without_verification: false,
      registration_shared_secret: secret,
      // The page of the terms is not opened here: any folder does for it.
      user_consent: {
        ...{
          template_dir: "/tmp",
          version: "1.0",
          require_at_registration: true,
          policy_name: "House rules",
        },
      },
      login_via_existing_session: { enabled: true, require_ui_auth: true },
    },
  });
  proxy = await startFaultyProxy(synapse.baseUrl);
  admin = await registerWithSecret(synapse.baseUrl, secret, {
    ...{ localpart: "admin", password: "admin's password", isAdmin: true },
  });
});
test.afterAll(async () => {
  await proxy?.stop();
  await synapse?.stop();
});
test.beforeEach(async () => {
  profileDir = mkdtempSync(join(tmpdir(), "dunlin-accounts-"));
  app = await startApp({ profileDir });
});
test.afterEach(async () => {
  await app?.stop();
  rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
});

async function confirmWith(page: Page, password: string): Promise<void> {
  const confirm = page.getByRole("dialog", { name: "Confirm that it is you" });
  await confirm.getByRole("textbox", { name: "Your password" }).fill(password);
  await confirm.getByRole("button", { name: "Continue" }).click();
}
const login = (localpart: string, password: string): Promise<ContractClient> =>
  ContractClient.login(synapse.baseUrl, { userId: `@${localpart}:${synapse.serverName}`, password });

/** A login token, as a client that is signed in asks for one (spec: POST /v1/login/get_token). */
async function tokenFor({ userId, token }: ContractClient, password: string): Promise<string> {
  const ask = (auth: object) =>
    clientRequest(synapse.baseUrl, "POST", "/_matrix/client/v1/login/get_token", { token, body: auth });
  const { session } = (await ask({})).body;
  const identifier = { type: "m.id.user", user: userId };
  const { status, body } = await ask({ auth: { type: "m.login.password", identifier, password, session } });
  expect(status).toBe(200);
  return String(body["login_token"]);
}

test("an account is made with a token and terms, gets a name and a picture, ends other sessions, changes its password, comes in by a token and is deactivated", async ({
  page,
}) => {
  await request(synapse.baseUrl, {
    ...{ method: "POST", path: "/_synapse/admin/v1/registration_tokens/new", token: admin.accessToken },
    body: { token: "harbour-2026" },
  });
  const dunlin = new AppPage(page);
  await page.goto(app.url);
  const field = (name: string) => page.getByRole("textbox", { name, exact: true });
  await field("Homeserver").fill(proxy.baseUrl);
  await page.getByRole("button", { name: "Create an account" }).click();
  await field("Username").fill("admin");
  await expect(page.getByText("Somebody has this name already.")).toBeVisible();
  await field("Username").fill("clara");
  await expect(page.getByText("clara is free.")).toBeVisible();
  await field("Password").fill("Tall-Ships-77");
  await page.getByRole("button", { name: "Create the account" }).click();
  await field("Registration token").fill("wrong");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("The server does not know this registration token.")).toBeVisible();
  await field("Registration token").fill("harbour-2026");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("checkbox", { name: "I accept: House rules" }).check();
  await page.getByRole("button", { name: "Continue" }).click();
  await dunlin.connection("live");
  const clara = `@clara:${synapse.serverName}`;

  const phone = await login("clara", "Tall-Ships-77");
  const tablet = await login("clara", "Tall-Ships-77");
  await page.keyboard.press("Control+,");
  await page.getByRole("dialog", { name: "Settings" }).getByRole("button", { name: "Account…" }).click();
  const account = page.getByRole("dialog", { name: "Account", exact: true });
  const profile = (): Promise<Record<string, unknown>> =>
    phone.must("GET", `/profile/${encodeURIComponent(clara)}`);

  await test.step("name and picture", async () => {
    const name = account.getByRole("textbox", { name: "Name", exact: true });
    await name.fill("Clara of the Shore");
    await name.press("Enter");
    await expect.poll(async () => (await profile())["displayname"]).toBe("Clara of the Shore");
    const png = await page.evaluate(() => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
      canvas.getContext("2d")?.fillRect(0, 0, 300, 200);
      return canvas.toDataURL("image/png").split(",")[1] ?? "";
    });
    await account.getByLabel("Picture", { exact: true }).setInputFiles({
      ...{ name: "me.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") },
    });
    await page.getByRole("button", { name: "Use this picture" }).click();
    await expect.poll(async () => (await profile())["avatar_url"]).toMatch(/^mxc:/);
    await expect(account.getByRole("button", { name: "Remove the picture" })).toBeVisible();
  });

  await test.step("a session is renamed, another one signed out", async () => {
    const row = account.locator(`[data-device-id="${phone.deviceId}"]`);
    await row.getByRole("button", { name: /^Rename/ }).click();
    await row.getByRole("textbox", { name: "Name of the session" }).fill("Old phone");
    await row.getByRole("button", { name: "Save" }).click();
    await expect(row.getByRole("button", { name: "Sign out Old phone" })).toBeVisible();
    const other = account.locator(`[data-device-id="${tablet.deviceId}"]`);
    await other.getByRole("button", { name: /^Sign out/ }).click();
    await page
      .getByRole("dialog", { name: "Sign this session out?" })
      .getByRole("button", { name: "Sign out" })
      .click();
    await confirmWith(page, "wrong");
    await expect(page.getByText("Wrong password.")).toBeVisible();
    await confirmWith(page, "Tall-Ships-77");
    await expect(account.getByText("1 session is signed out.")).toBeVisible();
    expect((await tablet.ask("GET", "/account/whoami")).status).toBe(401);
    expect((await phone.ask("GET", "/account/whoami")).status).toBe(200);
  });

  await test.step("the password is changed, and all other sessions end", async () => {
    await account.getByRole("textbox", { name: "New password" }).fill("Taller-Ships-78");
    await account.getByRole("button", { name: "Change the password" }).click();
    await confirmWith(page, "Tall-Ships-77");
    await expect(account.getByText("The password is changed.")).toBeVisible();
    expect((await phone.ask("GET", "/account/whoami")).status).toBe(401);
    await (await login("clara", "Taller-Ships-78")).must("POST", "/logout", { body: {} });
  });

  await test.step("all other sessions are signed out at once", async () => {
    const others = [await login("clara", "Taller-Ships-78"), await login("clara", "Taller-Ships-78")];
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+,");
    await page.getByRole("dialog", { name: "Settings" }).getByRole("button", { name: "Account…" }).click();
    await account.getByRole("button", { name: "Sign out all others" }).click();
    await page
      .getByRole("dialog", { name: "Sign out 2 sessions?" })
      .getByRole("button", { name: "Sign out" })
      .click();
    await confirmWith(page, "Taller-Ships-78");
    await expect(account.getByText("2 sessions are signed out.")).toBeVisible();
    for (const other of others) expect((await other.ask("GET", "/account/whoami")).status).toBe(401);
  });

  await test.step("signed out, and in again with a token that another client asked for", async () => {
    const tablet = await login("clara", "Taller-Ships-78");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+,");
    const settings = page.getByRole("dialog", { name: "Settings" });
    await settings.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("dialog", { name: "Sign out?" }).getByRole("button", { name: "Sign out" }).click();
    await dunlin.connection("signed-out");
    await field("Homeserver").fill(proxy.baseUrl);
    await field("Username").focus();
    await page.getByRole("button", { name: "Sign in with a token" }).click();
    await field("Login token").fill("made up");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByText("The server does not take this token")).toBeVisible();
    await field("Login token").fill(await tokenFor(tablet, "Taller-Ships-78"));
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await dunlin.connection("live");
    await page.keyboard.press("Control+,");
    await settings.getByRole("button", { name: "Account…" }).click();
    await expect(account.getByRole("textbox", { name: "Name", exact: true })).toHaveValue(
      "Clara of the Shore",
    );
  });

  await test.step("deactivated, for good", async () => {
    await account.getByRole("button", { name: "Deactivate the account…" }).click();
    const dialog = page.getByRole("dialog", { name: "Deactivate your account for good?" });
    await dialog.getByRole("textbox").fill(clara);
    await dialog.getByRole("button", { name: "Deactivate for good" }).click();
    await confirmWith(page, "Taller-Ships-78");
    await dunlin.connection("signed-out");
    await expect(login("clara", "Taller-Ships-78")).rejects.toThrow();
  });
});

test("two accounts in one window both get their messages and notifications, and each leaves nothing behind when it is signed out", async ({
  page,
}) => {
  for (const localpart of ["ana", "anaswork", "ben"])
    await registerWithSecret(synapse.baseUrl, secret, { localpart, password: `${localpart}'s password` });
  const ben = await login("ben", "ben's password");
  const ids = {
    ana: `@ana:${synapse.serverName}`,
    work: `@anaswork:${synapse.serverName}`,
  };
  const home = await ben.createRoom({ name: "Kitchen table", invite: [ids.ana] });
  const office = await ben.createRoom({ name: "Corner office", invite: [ids.work] });
  await (await login("ana", "ana's password")).join(home);
  await (await login("anaswork", "anaswork's password")).join(office);
  const dunlin = new AppPage(page);
  await recordNotifications(page);
  await page.goto(app.url);
  await dunlin.signIn(proxy.baseUrl, "ana", "ana's password");
  await expect(dunlin.row(home)).toBeVisible();
  const menu = page.getByRole("button", { name: /^Account / });
  const choose = async (name: string | RegExp): Promise<void> => {
    await menu.click();
    await page.getByRole("menuitem", { name }).click();
  };
  await choose("Add account");
  await dunlin.signIn(proxy.baseUrl, "anaswork", "anaswork's password");
  await expect(dunlin.row(office)).toBeVisible();
  await expect(dunlin.row(home)).toHaveCount(0);

  await test.step("both are told of what comes", async () => {
    await ben.say(home, "dinner is ready");
    await expect(page.getByRole("button", { name: /1 unread in other accounts/ })).toBeVisible();
    await ben.say(office, "the report is late");
    await expect
      .poll(() => standing(page))
      .toEqual([expect.stringContaining("dinner is ready"), expect.stringContaining("the report is late")]);
  });

  await test.step("each writes in its own room as itself", async () => {
    await dunlin.openRoom("Corner office", office);
    await dunlin.send("tomorrow, promised");
    await choose(/^ana /);
    await dunlin.openRoom("Kitchen table", home);
    await dunlin.send("on my way home");
    const senders = async (roomId: string) =>
      (await ben.messages(roomId, { dir: "b", limit: "1" })).chunk.map(({ sender }) => sender);
    await expect.poll(() => senders(office)).toEqual([ids.work]);
    await expect.poll(() => senders(home)).toEqual([ids.ana]);
  });

  const ofWork = ["anaswork", office, "Corner office", "tomorrow, promised", "the report is late"];
  const ofAna = ["@ana:", home, "Kitchen table", "on my way home", "dinner is ready"];
  await test.step("the second is signed out: nothing of it is left in the profile, all of the first is", async () => {
    expect(filesWith(profileDir, ofWork)).not.toEqual([]);
    await choose(/^anaswork /);
    await expect(dunlin.row(office)).toBeVisible();
    await choose("Sign out");
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await expect(dunlin.row(home)).toBeVisible();
    await expect.poll(() => filesWith(profileDir, ofWork)).toEqual([]);
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    for (const text of ofWork) expect(kept).not.toContain(text);
    expect(filesWith(profileDir, ofAna)).not.toEqual([]);
  });

  await test.step("and so is the first", async () => {
    await choose("Sign out");
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await dunlin.connection("signed-out");
    await expect.poll(() => filesWith(profileDir, ofAna)).toEqual([]);
  });
});
