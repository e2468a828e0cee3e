import type { Homeserver } from "../homeserver/index.ts";
import { expectNoViolations } from "../pages/axe.ts";
import type { AppPage } from "../pages/app-page.ts";
import { expect, test } from "../pages/story.ts";

// What is too long for a message: said, kept, and sent as a text file where that is wanted.

const UPLOAD = /\/media\/v3\/upload$/;
/** Begins like sound, and says everything that could be lost on its way. */
const long = `ID3, the "wide" river\n\t${"The ferry is late. ".repeat(4_000)}\n  ü € 😀\n`;

const said = ({ world }: Homeserver, roomId: string) =>
  world.events(roomId).flatMap(({ type, content }) => (type === "m.room.message" ? [content] : []));
const uploads = ({ wire }: Homeserver) =>
  wire.requests.filter(({ path }) => UPLOAD.test(path)).map(({ body }) => (body as Buffer).toString("utf8"));
const asFile = ({ page }: AppPage) => page.getByRole("button", { name: "Send as a text file" });

test("a text too long for a message goes as a file, written offline as an answer, and survives a kill on both sides of the button", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const question = world.sendMessage(roomId, "ben", "What does the log say?");
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const asked = dunlin.log.locator('[data-kind="message"]', { hasText: "What does the log say?" });
  await asked.hover();
  await asked.getByRole("toolbar").getByRole("button", { name: "Reply", exact: true }).click();
  homeserver.cut();
  await dunlin.connection("offline");
  await dunlin.composer.fill(long);
  await dunlin.composer.press("Enter");
  await expect(asFile(dunlin)).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNoViolations(page, `too long, ${colorScheme}`);
    await page.screenshot({ path: test.info().outputPath(`${colorScheme}.png`) });
  }
  await page.setViewportSize({ width: 480, height: 700 });
  await page.screenshot({ path: test.info().outputPath("narrow.png") });
  await page.setViewportSize({ width: 1280, height: 800 });
  // Nothing is sent yet, and nothing lost.
  await dunlin.composer.blur();
  await page.reload();
  await app.kill();

  const second = await begin();
  await second.dunlin.openRoom("Harbour", roomId);
  await expect(second.dunlin.composer).toHaveValue(long);
  await second.dunlin.composer.press("Enter");
  await asFile(second.dunlin).click();
  await expect(second.dunlin.composer).toHaveValue("");
  await expect(second.dunlin.log).toContainText("message.txt");
  await page.screenshot({ path: test.info().outputPath("queued.png") });
  await second.app.kill();

  homeserver.mend();
  const third = await begin();
  await third.dunlin.openRoom("Harbour", roomId);
  await expect.poll(() => said(homeserver, roomId).length).toBe(2);
  expect(said(homeserver, roomId).at(-1)).toMatchObject({
    ...{ msgtype: "m.file", body: "message.txt", "m.mentions": { user_ids: ["@ben:dunlin.test"] } },
    info: { mimetype: "text/plain", size: Buffer.byteLength(long) },
    "m.relates_to": { "m.in_reply_to": { event_id: question } },
  });
  expect(uploads(homeserver)).toEqual([long]);
  await expect(third.dunlin.composer).toHaveValue("");
  await expect(page.getByText(/^Replying to/)).toHaveCount(0);
  await expect(third.dunlin.log.locator('[data-kind="message"]', { hasText: "message.txt" })).toHaveCount(1);
});

test("in a thread it goes into the thread; one longer than any draft is a file from the paste on", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const root = world.sendMessage(roomId, "ben", "The log?");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const asked = dunlin.log.locator('[data-kind="message"]', { hasText: "The log?" });
  await asked.hover();
  await asked.getByRole("toolbar").getByRole("button", { name: "Reply in thread" }).click();
  const field = page.getByRole("textbox", { name: "Reply in thread", exact: true });
  await field.fill(long);
  await field.press("Enter");
  await asFile(dunlin).click();
  await expect(field).toHaveValue("");
  await expect.poll(() => said(homeserver, roomId).length).toBe(2);
  expect(said(homeserver, roomId).at(-1)).toMatchObject({
    ...{ msgtype: "m.file", "m.relates_to": { rel_type: "m.thread", event_id: root } },
  });
  await field.evaluate((one) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "x".repeat(1_000_001));
    one.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await expect(page.getByRole("list", { name: "Files to send" })).toContainText("message.txt 1 MB");
  await expect(field).toHaveValue("");
});
