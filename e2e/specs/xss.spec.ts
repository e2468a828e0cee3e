import { payloads } from "../homeserver/xss-payloads.ts";
import { expect, test } from "../pages/story.ts";

// The corpus of payloads in every place where the words of others are shown. That no script ran, nothing was asked of
// another host and the CSP had nothing to refuse is watched by the story's own eyes (cleanPages).

test("no script runs from bodies, HTML, names, topics, reasons or file names", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const nasty = '<img src=x onerror=alert(1)>"><script>alert(2)</script>';
  world.addUser("mallory", { displayName: nasty });
  world.addUser("eve", { displayName: "Eve" });
  const roomId = world.createRoom({
    creator: "mallory",
    members: ["ana", "ben"],
    name: nasty,
    topic: `${nasty} javascript:alert(1)`,
  });
  world.createRoom({ creator: "mallory", invited: ["ana"], name: `${nasty} invited`, topic: nasty });
  world.join(roomId, "eve");
  world.kick(roomId, "eve", "mallory", nasty);
  for (const attack of payloads) {
    world.sendMessage(roomId, "mallory", {
      msgtype: "m.text",
      body: attack,
      format: "org.matrix.custom.html",
      formatted_body: attack,
    });
  }
  const gone = world.sendMessage(roomId, "mallory", "gone");
  world.redact(roomId, "mallory", gone, nasty);
  for (const msgtype of ["m.file", "m.image", "m.video", "m.audio", "m.emote", "m.notice", nasty]) {
    world.sendMessage(roomId, "mallory", {
      msgtype,
      body: nasty,
      filename: nasty,
      url: 'mxc://dunlin.test/x"onerror="alert(1)',
      info: { mimetype: nasty, w: nasty, h: "1;background:url(//evil.example)", size: nasty },
    });
  }
  world.setTyping(roomId, ["mallory"]);
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(nasty);
  await expect(dunlin.row(roomId)).toContainText(nasty);
  // Every message was in the page once, in the order it was sent.
  const texts = await dunlin.readToStart();
  expect(texts.length).toBe(payloads.length + 7);
  const inside = await page.evaluate(() => ({
    scripts: document.querySelectorAll(
      "main script, main iframe, main object, main embed, main form, main base",
    ).length,
    handlers: [...document.querySelectorAll("main *")].flatMap((element) =>
      element.getAttributeNames().filter((name) => name.startsWith("on")),
    ),
    addresses: [...document.querySelectorAll<HTMLAnchorElement>('[role="log"] a')]
      .map(({ protocol }) => protocol)
      .filter((protocol) => !["http:", "https:", "mailto:", "matrix:", "magnet:", "ftp:"].includes(protocol)),
  }));
  expect(inside).toEqual({ scripts: 0, handlers: [], addresses: [] });
  await page.getByRole("button", { name: "Show the whole topic" }).or(page.locator(".topic")).first().click();
  await expect(page.getByRole("dialog")).toContainText(nasty);
  await page.keyboard.press("Escape");
  await dunlin.rooms.getByText("invited").click();
  await expect(page.getByRole("button", { name: "Decline" })).toBeVisible();
});

test("what others write cannot fetch anything: pictures come only through our own media path", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  world.sendMessage(roomId, "ben", {
    msgtype: "m.text",
    body: "look",
    format: "org.matrix.custom.html",
    formatted_body: `look <img src="${homeserver.baseUrl}/track.png" alt="tracked"> <img src="mxc://dunlin.test/inline" alt="inline"> here`,
  });
  world.sendMessage(roomId, "ben", {
    msgtype: "m.image",
    body: "direct.png",
    url: `${homeserver.baseUrl}/track2.png`,
  });
  world.sendMessage(roomId, "ben", { msgtype: "m.image", body: "fine.png", url: "mxc://dunlin.test/fine" });
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.getByText("The address of this file is not valid.")).toBeVisible();
  await homeserver.wire.waitFor(({ path }) => path.includes("/dunlin.test/fine"));
  const sources = await dunlin.log
    .locator("img")
    .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).src));
  for (const source of sources) expect(new URL(source).origin).toBe(new URL(app.url).origin);
  expect(homeserver.wire.requests.some(({ path }) => path.includes("track"))).toBe(false);
  // And our host asked for it with the token, which the page has never seen.
  const fetched = homeserver.wire.requests.filter(
    ({ path }) => path.includes("/media/") && path.includes("fine"),
  );
  expect(fetched.every(({ token }) => token !== undefined)).toBe(true);
  expect(asked.some((path) => path.includes("media/dunlin.test/fine"))).toBe(true);
});
