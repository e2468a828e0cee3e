import type { Page } from "@playwright/test";
import { expectNoViolations } from "../pages/axe.ts";
import { AppPage } from "../pages/app-page.ts";
import { expect, test } from "../pages/story.ts";

// What one does with one's own account, each step confirmed as the server asks.

async function openAccount(page: Page) {
  await page.keyboard.press("Control+,");
  await page.getByRole("dialog", { name: "Settings" }).getByRole("button", { name: "Account…" }).click();
  const account = page.getByRole("dialog", { name: "Account", exact: true });
  await expect(account.getByRole("heading", { name: "Where you are signed in" })).toBeVisible();
  return account;
}
async function confirmWith(page: Page, password: string): Promise<void> {
  const confirm = page.getByRole("dialog", { name: "Confirm that it is you" });
  await confirm.getByRole("textbox", { name: "Your password" }).fill(password);
  await confirm.getByRole("button", { name: "Continue" }).click();
}

test("the password is changed, sessions are renamed and ended, an address is added and removed", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  world.login("ana", "PHONE");
  world.login("ana", "TABLET");
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const account = await openAccount(page);
  await expectNoViolations(page, "account");

  const phone = account.locator('[data-device-id="PHONE"]');
  await phone.getByRole("button", { name: "Rename PHONE" }).click();
  await phone.getByRole("textbox", { name: "Name of the session" }).fill("Old phone");
  await phone.getByRole("button", { name: "Save" }).click();
  await phone.getByRole("button", { name: "Sign out Old phone" }).click();
  await page
    .getByRole("dialog", { name: "Sign this session out?" })
    .getByRole("button", { name: "Sign out" })
    .click();
  await confirmWith(page, "wrong");
  const confirm = page.getByRole("dialog", { name: "Confirm that it is you" });
  await expect(confirm.getByText("Wrong password.")).toBeVisible();
  await expectNoViolations(page, "confirmation");
  await confirmWith(page, "password");
  await expect(account.getByText("1 session is signed out.")).toBeVisible();
  await expect(phone).toHaveCount(0);
  expect(world.user("ana").deviceIds).not.toContain("PHONE");
  expect(world.user("ana").deviceIds).toContain("TABLET");

  await account.getByRole("textbox", { name: "New password" }).fill("Tall-Ships-77");
  await account.getByRole("button", { name: "Change the password" }).click();
  // Escape belongs to whatever lies on top: the confirmation has to be there first.
  await expect(confirm).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(account.getByRole("textbox", { name: "New password" })).toHaveValue("Tall-Ships-77");
  await account.getByRole("button", { name: "Change the password" }).click();
  await confirmWith(page, "password");
  await expect(account.getByText("The password is changed.")).toBeVisible();
  expect(world.user("ana").password).toBe("Tall-Ships-77");
  expect(world.user("ana").deviceIds).toHaveLength(1);

  await account.getByRole("button", { name: "Add an e-mail address" }).click();
  await account.getByRole("textbox", { name: "E-mail address" }).fill("ana@example.org");
  await account.getByRole("button", { name: "Send me a mail" }).click();
  await account.getByRole("button", { name: "Continue" }).click();
  await confirmWith(page, "Tall-Ships-77");
  await expect(account.getByText("has not seen the confirmation yet")).toBeVisible();
  await fetch(world.messages()[0]?.link ?? "");
  await account.getByRole("button", { name: "Continue" }).click();
  await expect(account.getByText("ana@example.org is added.")).toBeVisible();
  await account.getByRole("button", { name: "Remove ana@example.org" }).click();
  await page
    .getByRole("dialog", { name: "Remove ana@example.org?" })
    .getByRole("button", { name: "Remove" })
    .click();
  await expect(account.getByText("None yet.")).toBeVisible();
  expect(world.user("ana").contacts).toEqual([]);
});

test("a dialog closed by accident loses nothing: an address is kept, a password is asked about", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const { dunlin } = await begin();
  await dunlin.connection("live");
  let account = await openAccount(page);
  const reopen = async (): Promise<void> => {
    await page.keyboard.press("Escape");
    await expect(account).toHaveCount(0);
    account = await openAccount(page);
  };
  await account.getByRole("button", { name: "Add an e-mail address" }).click();
  await account.getByRole("textbox", { name: "E-mail address" }).fill("ana@example.org");
  await reopen();
  await expect(account.getByRole("textbox", { name: "E-mail address" })).toHaveValue("ana@example.org");
  await account.getByRole("button", { name: "Send me a mail" }).click();
  await expect(account.getByText("A mail is on its way to ana@example.org.")).toBeVisible();
  await reopen();
  await fetch(world.messages()[0]?.link ?? "");
  await account.getByRole("button", { name: "Continue" }).click();
  await confirmWith(page, "password");
  await expect(account.getByText("ana@example.org is added.")).toBeVisible();
  await reopen();
  await expect(account.getByRole("button", { name: "Add an e-mail address" })).toBeVisible();

  const password = account.getByRole("textbox", { name: "New password" });
  await password.fill("Tall-Ships-77");
  const question = page.getByRole("dialog", { name: "Discard the new password?" });
  await page.keyboard.press("Escape");
  await expect(question).toBeVisible();
  await expectNoViolations(page, "question");
  await question.getByRole("button", { name: "Go on typing" }).first().click();
  await expect(question).toHaveCount(0);
  await expect(password).toHaveValue("Tall-Ships-77");
  await page.mouse.click(5, 5);
  await question.getByRole("button", { name: "Go on typing" }).first().click();
  await account.getByRole("button", { name: "Close" }).click();
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(account).toHaveCount(0);
  account = await openAccount(page);
  await expect(account.getByRole("textbox", { name: "New password" })).toHaveValue("");
  await page.keyboard.press("Escape");
  await expect(account).toHaveCount(0);
});

test("name, status and a picture cut to a square; the picture goes again", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, wire } = homeserver;
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const account = await openAccount(page);
  await account.getByRole("textbox", { name: "Name", exact: true }).fill("Ana of the Shore");
  await account.getByRole("textbox", { name: "Name", exact: true }).press("Enter");
  await expect.poll(() => world.user("ana").displayName).toBe("Ana of the Shore");
  await account.getByRole("textbox", { name: "Status" }).fill("at sea");
  await account.getByRole("textbox", { name: "Status" }).press("Enter");
  await expect
    .poll(() => wire.requests.filter(({ path }) => path.endsWith("/status")).at(-1)?.body)
    .toEqual({ presence: "online", status_msg: "at sea" });
  await test.step("what was typed and not saved outlives the dialog, and the status is what it was set to", async () => {
    await account.getByRole("textbox", { name: "Name", exact: true }).fill("Ana, half ty");
    await account.getByRole("button", { name: "Close" }).click();
    await page.keyboard.press("Control+,");
    await page.getByRole("dialog", { name: "Settings" }).getByRole("button", { name: "Account…" }).click();
    await expect(account.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("Ana, half ty");
    await expect(account.getByRole("textbox", { name: "Status" })).toHaveValue("at sea");
    await account.getByRole("textbox", { name: "Name", exact: true }).fill("Ana of the Shore");
  });
  const [picture] = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
    const context = canvas.getContext("2d");
    context?.fillRect(0, 0, 300, 200);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    return [Array.from(new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0)))];
  });
  const file = { name: "me.png", mimeType: "image/png", buffer: Buffer.from(picture ?? []) };
  await account.getByLabel("Picture", { exact: true }).setInputFiles(file);
  const crop = page.getByRole("dialog", { name: "Your picture" });
  await crop.getByRole("slider", { name: "Nearer" }).fill("2");
  await expectNoViolations(page, "crop");
  await crop.getByRole("button", { name: "Use this picture" }).click();
  await expect(crop).toHaveCount(0);
  expect(world.user("ana").avatarUrl).toMatch(/^mxc:/);
  await account.getByRole("button", { name: "Remove the picture" }).click();
  await expect(account.getByRole("button", { name: "Remove the picture" })).toHaveCount(0);
  expect(world.user("ana").avatarUrl).toBeUndefined();
});

test("an account is deactivated only by somebody who types its ID and its password", async ({
  homeserver,
  begin,
  page,
}) => {
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const account = await openAccount(page);
  await account.getByRole("button", { name: "Deactivate the account…" }).click();
  const dialog = page.getByRole("dialog", { name: "Deactivate your account for good?" });
  const submit = dialog.getByRole("button", { name: "Deactivate for good" });
  await expect(submit).toBeDisabled();
  await dialog.getByRole("switch", { name: "Hide what I wrote from people who join later" }).check();
  await dialog.getByRole("textbox").fill("@ana:dunlin.test");
  await submit.click();
  await confirmWith(page, "password");
  await dunlin.connection("signed-out");
  expect(homeserver.world.user("ana")).toMatchObject({ isDeactivated: true, isErased: true });
});

test("a forgotten password is replaced by mail, and signing in works with it", async ({
  homeserver,
  launch,
  page,
}) => {
  const { world } = homeserver;
  world.addContact("ana", "email", "ana@example.org");
  const app = await launch({ homeserver: homeserver.baseUrl });
  await page.goto(app.url);
  await page.getByRole("button", { name: "I forgot my password" }).click();
  await page.getByRole("textbox", { name: "New password" }).fill("Tall-Ships-77");
  await expectNoViolations(page, "reset");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("textbox", { name: "E-mail address" }).fill("nobody@example.org");
  await page.getByRole("button", { name: "Send me a mail" }).click();
  await expect(page.getByText("No account on this server has this address.")).toBeVisible();
  await page.getByRole("textbox", { name: "E-mail address" }).fill("ana@example.org");
  await page.getByRole("button", { name: "Send me a mail" }).click();
  await expect(page.getByText("A mail is on its way to ana@example.org.")).toBeVisible();
  await fetch(world.messages()[0]?.link ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("The password is changed. You can sign in with it now.")).toBeVisible();
  await page.getByRole("button", { name: "Back to signing in" }).click();
  const dunlin = new AppPage(page);
  await dunlin.signIn(homeserver.baseUrl, "ana", "Tall-Ships-77");
  await dunlin.connection("live");
});

test("where the server tells only a part, the rest can be changed; all other sessions are ended at once", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  for (const device of ["PHONE", "TABLET", "TV"]) world.login("ana", device);
  const down = (path: RegExp) => faults.add({ on: { path }, do: { status: { code: 502 } } });
  const broken = [down(/\/capabilities$/), down(/\/devices$/)];
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const account = await openAccount(page);
  await expect(account.getByText("Your server does not tell where you are signed in.")).toBeVisible();
  await expect(account.getByRole("button", { name: "Sign out all others" })).toHaveCount(0);
  await expectNoViolations(page, "account in part");
  const name = account.getByRole("textbox", { name: "Name", exact: true });
  await name.fill("Ana of the Shore");
  await name.press("Enter");
  await expect.poll(() => world.user("ana").displayName).toBe("Ana of the Shore");

  await test.step("nothing at all: the profile can be changed all the same", async () => {
    broken.push(down(/\/account\/3pid$/));
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+,");
    await page.getByRole("dialog", { name: "Settings" }).getByRole("button", { name: "Account…" }).click();
    await expect(account.getByText("Your account could not be loaded.")).toBeVisible();
    await name.fill("Ana");
    await name.press("Enter");
    await expect.poll(() => world.user("ana").displayName).toBe("Ana");
  });
  for (const one of broken) one.remove();
  await account.getByRole("button", { name: "Try again" }).click();
  await expect(account.locator("[data-device-id]")).toHaveCount(4);
  // PID-07, PID-08: whose list it is, and what it is good for.
  await expect(account.getByText("Your server keeps these.")).toContainText(
    "They may be used to set a new password, so keep them up to date. People cannot find you by them.",
  );
  await account.getByRole("button", { name: "Sign out all others" }).click();
  const question = page.getByRole("dialog", { name: "Sign out 3 sessions?" });
  await expect(question).toContainText("Messages that wait there to be sent are lost.");
  await question.getByRole("button", { name: "Sign out" }).click();
  await confirmWith(page, "password");
  await expect(account.getByText("3 sessions are signed out.")).toBeVisible();
  await expect(account.locator("[data-device-id]")).toHaveCount(1);
  await expect(account.getByRole("button", { name: "Sign out all others" })).toHaveCount(0);
  expect(world.user("ana").deviceIds).toHaveLength(1);
  await dunlin.connection("live");
});
