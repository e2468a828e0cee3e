import type { Homeserver } from "../homeserver/index.ts";
import { landscapePicture } from "../homeserver/demo-pictures.ts";
import { expectNoViolations } from "../pages/axe.ts";
import { atRest } from "../pages/log-view.ts";
import { expect, test } from "../pages/story.ts";

// WCAG 2.2 AA on every screen, light, dark and with high contrast: no violations.

// A look at one screen takes axe a second, on a busy machine four.
test.describe.configure({ timeout: 240_000 });

/** Rooms of every kind, a message of every kind. */
function fill({ world, faults }: Homeserver): { roomId: string; inviteId: string; blockedId: string } {
  world.addUser("cleo", { displayName: "Cleo" });
  const blockedId = world.createRoom({ creator: "ben", members: ["ana"], name: "Vault", encrypted: true });
  world.createRoom({ creator: "ana", members: ["ben"], isDirect: true });
  const inviteId = world.createRoom({ creator: "ben", invited: ["ana"], name: "Pier", topic: "Boats" });
  const busy = world.createRoom({ creator: "ben", members: ["ana", "cleo"], name: "Market" });
  const roomId = world.createRoom({
    creator: "ben",
    members: ["ana", "cleo"],
    name: "Harbour",
    topic: "Ships and birds",
  });
  const html = (body: string, formatted_body: string) => ({
    msgtype: "m.text",
    body,
    format: "org.matrix.custom.html",
    formatted_body,
  });
  world.sendMessage(roomId, "ben", "plain words and https://example.org");
  world.sendMessage(
    roomId,
    "cleo",
    html(
      "rich",
      `<h3>Title</h3><p><b>bold</b> <code>code</code> <a href="https://example.org">link</a></p>
    <blockquote>quoted</blockquote><pre><code class="language-js">const a = "long ${"code ".repeat(40)}";</code></pre>
    <table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>
    <span data-mx-spoiler="why">hidden</span> <font data-mx-color="#ffff00">yellow</font> <font data-mx-color="#00ff00">green</font>
    <font data-mx-color="#000000">black</font> <font data-mx-color="#ffffff">white</font> <font data-mx-color="#0000ff">blue</font>
    <font data-mx-bg-color="#000000">on black <font data-mx-color="#ff0000">red</font> <a href="https://example.org">link</a></font>
    <font data-mx-color="#ff00ff" data-mx-bg-color="#ffff00">both</font> <a href="https://matrix.to/#/@ben:dunlin.test">Ben</a>`,
    ),
  );
  world.sendMessage(roomId, "ben", { msgtype: "m.emote", body: "waves" });
  world.sendMessage(roomId, "ben", { msgtype: "m.notice", body: "a notice" });
  const gone = world.sendMessage(roomId, "ben", "gone");
  world.redact(roomId, "ben", gone);
  world.sendMessage(roomId, "ben", {
    msgtype: "m.file",
    body: "chart.pdf",
    url: "mxc://dunlin.test/c",
    info: { size: 12345, mimetype: "application/pdf" },
  });
  world.sendMessage(roomId, "ben", { msgtype: "org.example.smell", body: "tar" });
  const url = world.uploadMedia(landscapePicture(4), "image/png");
  world.sendMessage(roomId, "ben", { msgtype: "m.image", body: "view.png", url, info: { w: 240, h: 160 } });
  const last = world.sendMessage(roomId, "ana", "my own words");
  world.receipt(roomId, "cleo", last);
  world.setTyping(roomId, ["ben"]);
  world.sendMessage(busy, "ben", {
    msgtype: "m.text",
    body: "Ana!",
    "m.mentions": { user_ids: ["@ana:dunlin.test"] },
  });
  faults.add({
    on: { method: "PUT", path: /\/send\// },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });
  return { roomId, inviteId, blockedId };
}

test("the sign-in screen, empty and with an error", async ({ launch, page, homeserver }) => {
  const app = await launch();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(app.url);
    await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
    await expectNoViolations(page, `sign-in, ${colorScheme}`);
  }
  await page.getByRole("textbox", { name: "Homeserver" }).fill(homeserver.baseUrl);
  await page.getByRole("textbox", { name: "Username" }).fill("ana");
  await page.getByRole("textbox", { name: "Password" }).fill("wrong");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Wrong name or password");
  await expectNoViolations(page, "sign-in with an error");
});

for (const theme of ["Light", "Dark", "High contrast"] as const) {
  test(`list, room, dialogs and viewer, ${theme.toLowerCase()}`, async ({ homeserver, begin, page }) => {
    const { roomId, inviteId, blockedId } = fill(homeserver);
    const { dunlin } = await begin();
    await dunlin.connection("live");
    const check = (screen: string) => expectNoViolations(page, screen);
    await page.keyboard.press("Control+,");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("radio", { name: theme }).check();
    await check("settings");
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(dunlin.row(roomId)).toBeVisible();
    await check("list and empty pane");

    await dunlin.row(roomId).click();
    await expect(dunlin.log.getByRole("img", { name: "view.png" })).toBeVisible();
    await dunlin.send("refused words");
    await expect(dunlin.log.locator('[data-send-state="unsent"]')).toBeVisible();
    await expect(page.getByText("Ben is typing…")).toBeVisible();
    await atRest(page, dunlin.log);
    await check("room at its end");
    await dunlin.log.press("Home");
    await atRest(page, dunlin.log);
    await dunlin.log.getByText("plain words").hover();
    await check("room at its start, with the actions of a message");

    await page.getByRole("button", { name: "Menu" }).click();
    await expect(page.getByRole("menu")).toBeVisible();
    await check("menu");
    await page.getByRole("menuitem", { name: "Not sent yet" }).click();
    await expect(dialog).toContainText("refused words");
    await check("outbox");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+/");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    await check("shortcuts");
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);

    await dunlin.log.press("End");
    await dunlin.log.getByRole("button", { name: "Open photo view.png" }).click();
    await expect(page.getByRole("dialog", { name: "Photo viewer" }).getByRole("img")).toBeVisible();
    await check("viewer");
    await page.keyboard.press("Escape");

    await dunlin.row(inviteId).click();
    await expect(page.getByRole("button", { name: "Accept" })).toBeVisible();
    await check("invitation");
    await dunlin.row(blockedId).click();
    await expect(page.getByRole("note")).toBeVisible();
    await check("room one cannot write in");

    homeserver.cut();
    await dunlin.connection("offline");
    await check("offline");
    await page.setViewportSize({ width: 600, height: 800 });
    await check("narrow, room");
    await page.getByRole("button", { name: "Back to the list" }).click();
    await expect(dunlin.rooms).toBeVisible();
    await check("narrow, list");
    await page.setViewportSize({ width: 1200, height: 800 });
    await page.keyboard.press("Control+,");
    await dialog.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("dialog", { name: "Sign out?" })).toBeVisible();
    await check("sign-out");
  });
}

test("a page whose session ended softly", async ({ homeserver, begin, page }) => {
  const { dunlin } = await begin();
  await dunlin.connection("live");
  homeserver.world.expireToken("ana", "soft");
  await dunlin.connection("signed-out-soft");
  await expect(page.getByRole("heading", { name: "Sign in again" })).toBeVisible();
  await expectNoViolations(page, "soft sign-out");
});
