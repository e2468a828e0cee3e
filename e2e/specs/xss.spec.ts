import type { Page } from "@playwright/test";
import { attacks } from "../homeserver/attacks.ts";
import { wheel } from "../pages/log-view.ts";
import { expect, test } from "../pages/story.ts";

// The corpus of payloads in every place where the words of others are shown. That no script ran, nothing was asked of
// another host and the CSP had nothing to refuse is watched by the story's own eyes (cleanPages).

/** What is in the page now is words and our own controls. */
async function nothingActs(page: Page): Promise<void> {
  const inside = await page.evaluate(() => ({
    scripts: document.querySelectorAll(
      "main script, main iframe, main object, main embed, main form, main base, main style, main link",
    ).length,
    handlers: [...document.querySelectorAll("main *")].flatMap((element) =>
      element.getAttributeNames().filter((name) => name.startsWith("on")),
    ),
    addresses: [...document.querySelectorAll<HTMLAnchorElement>('[role="log"] a')]
      .map(({ protocol }) => protocol)
      .filter((protocol) => !["http:", "https:", "mailto:", "matrix:", "magnet:", "ftp:"].includes(protocol)),
  }));
  expect(inside).toEqual({ scripts: 0, handlers: [], addresses: [] });
}

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
  for (const attack of attacks) {
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
  await expect(page.getByRole("heading", { level: 1 }).first()).toHaveText(nasty);
  await expect(dunlin.row(roomId)).toContainText(nasty);
  // Every message was in the page once, in the order it was sent.
  const texts = await dunlin.readToStart();
  expect(texts.length).toBe(attacks.length + 7);
  await nothingActs(page);
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

test("every attack as a name, a topic, a file name and a quoted message is shown as words", async ({
  homeserver,
  begin,
  page,
}) => {
  // A hundred screens, each looked at.
  test.slow();
  const { world } = homeserver;
  world.addUser("mallory", { displayName: "Mallory" });
  const members = ["ana"];
  const roomId = world.createRoom({ creator: "mallory", members, name: "Harbour" });
  // Four to a message keep it short; each is still there from its first character to its last.
  const groups = Array.from({ length: Math.ceil(attacks.length / 4) }, (_, i) =>
    attacks.slice(i * 4, i * 4 + 4).join(" "),
  );
  for (const group of groups) {
    world.setProfile("mallory", { displayName: group.slice(0, 250) });
    const quoted = world.sendMessage(roomId, "mallory", {
      msgtype: "m.file",
      body: group,
      filename: group,
      url: "mxc://dunlin.test/file",
    });
    world.sendMessage(roomId, "mallory", {
      msgtype: "m.text",
      body: `> ${group}\n\nanswer`,
      format: "org.matrix.custom.html",
      formatted_body: `<mx-reply><blockquote>${group}</blockquote></mx-reply>answer`,
      "m.relates_to": { "m.in_reply_to": { event_id: quoted } },
      external_url: group,
    });
    world.sendMessage(
      roomId,
      "mallory",
      { "m.relates_to": { rel_type: "m.annotation", event_id: quoted, key: group.slice(0, 90) } },
      { type: "m.reaction" },
    );
  }
  for (const attack of groups.slice(0, 8))
    world.createRoom({ creator: "mallory", members, name: attack, topic: attack });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  const answers = new Set<string>();
  // Screen by screen to the very first message. Not every line has to be caught at rest, but nearly all.
  const start = dunlin.log.getByText("This is the start of Harbour");
  for (;;) {
    for (const { itemId, text } of await dunlin.visible()) if (text.includes("answer")) answers.add(itemId);
    await nothingActs(page);
    if (await start.isVisible()) break;
    await wheel(page, dunlin.log, -600);
  }
  expect(answers.size).toBeGreaterThan(groups.length * 0.8);
});

test("nothing anybody writes leaves its place: long words, marks, turned text, deep nesting", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const word = "w".repeat(10_000);
  const piles = `Z${"\u0336\u030d\u0316".repeat(300)}a`;
  const turned = "\u202egnp.erobrah\u2066\u2067 exe";
  const deep = (tag: string): string => `<${tag}>`.repeat(400) + "bottom";
  const nasty = [word, piles, turned, "\n".repeat(300) + "far below", "\u00a0".repeat(5000), "﷽".repeat(300)];
  world.addUser("mallory", { displayName: `${turned}${piles}${word.slice(0, 200)}` });
  const roomId = world.createRoom({
    creator: "mallory",
    members: ["ana"],
    name: `Harbour ${turned}${word}`,
    topic: nasty.join(" "),
  });
  for (const body of nasty) {
    world.sendMessage(roomId, "mallory", body);
    world.sendMessage(roomId, "mallory", {
      msgtype: "m.file",
      body,
      filename: body,
      url: "mxc://dunlin.test/x",
    });
  }
  for (const tag of ["blockquote", "ul><li", "table><tr><td", "details><summary", "pre", "sup"])
    world.sendMessage(roomId, "mallory", {
      msgtype: "m.text",
      body: "deep",
      format: "org.matrix.custom.html",
      formatted_body: `${deep(tag)} ${word} ${piles}`,
    });
  world.sendMessage(roomId, "mallory", "the last one");
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  await expect(dunlin.log.getByText("the last one")).toBeVisible();
  const around = () =>
    page.evaluate(() => {
      const log = document.querySelector('[role="log"]')!.getBoundingClientRect();
      const rows = [...document.querySelectorAll('[role="log"] [data-item-id]')].map((row) =>
        row.getBoundingClientRect(),
      );
      const text = document.querySelector('[role="log"]')!.textContent;
      return {
        isPageWider: document.documentElement.scrollWidth > innerWidth,
        isPageTaller: document.documentElement.scrollHeight > innerHeight,
        // Half a pixel is rounding.
        wider: rows.filter(({ left, right }) => left < log.left - 0.5 || right > log.right + 0.5).length,
        overlapping: rows.filter((row, i) => i > 0 && row.top < rows[i - 1]!.bottom - 0.5).length,
        turned: /[\u202a-\u202e\u2066-\u2069]/.test(text),
        piled: /\p{Mn}{9}/u.test(text),
      };
    });
  const calm = {
    isPageWider: false,
    isPageTaller: false,
    wider: 0,
    overlapping: 0,
    turned: false,
    piled: false,
  };
  for (let n = 0; n < 12; n++) {
    expect(await around()).toEqual(calm);
    await wheel(page, dunlin.log, -900);
  }
  await page.screenshot({ path: test.info().outputPath("nasty.png") });
  await page.setViewportSize({ width: 500, height: 700 });
  expect(await around()).toEqual(calm);
});
