import AxeBuilder from "@axe-core/playwright";
import { landscapePicture } from "../homeserver/demo-pictures.ts";
import { expect, headlessOnly, test } from "../pages/story.ts";

// How formatted messages look: formulas, code, tables, mentions, links that stay inside; and hostile ones, which neither
// run nor fetch nor break the layout (the story's own eyes watch for scripts and requests).

const html = (formatted_body: string, body = "plain") => ({
  msgtype: "m.text",
  body,
  format: "org.matrix.custom.html",
  formatted_body,
});

test("formulas, code, tables, spoilers and mentions show as what they are, accessibly, light and dark", async ({
  homeserver,
  begin,
  page,
}, testInfo) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  world.sendMessage(
    roomId,
    "ben",
    html('So <span data-mx-maths="e^{i\\pi}+1=0"><code>e</code></span> it is'),
  );
  world.sendMessage(roomId, "ben", html('<pre><code class="language-ts">const a = "b"; // c\n</code></pre>'));
  world.sendMessage(
    roomId,
    "ben",
    html(
      "<table><thead><tr><th>Wind</th><th>Tide</th></tr></thead><tbody><tr><td>5</td><td>high</td></tr></tbody></table>",
    ),
  );
  world.sendMessage(
    roomId,
    "ben",
    html(
      '<details><summary>More</summary>Hidden words</details><span data-mx-spoiler="end">the butler</span>',
    ),
  );
  world.sendMessage(roomId, "ben", {
    ...html(
      'Hello <a href="https://matrix.to/#/@ana:dunlin.test">Old name</a> and <a href="https://matrix.to/#/@ben:dunlin.test">B</a>',
    ),
    "m.mentions": { user_ids: ["@ana:dunlin.test"] },
    external_url: "https://forum.example/t/1",
  });
  world.sendMessage(roomId, "ben", { msgtype: "m.emote", body: "bows\nand leaves" });
  const picture = world.uploadMedia(landscapePicture(5), "image/png");
  const withPictures = world.sendMessage(roomId, "ben", {
    ...html(
      `A boat <img data-mx-emoticon src="${picture}" alt=":boat:" title="boat" height="32"> and the bay<br>` +
        `<img src="${picture}" alt="the bay" width="320" height="240"> but no ` +
        '<img src="https://evil.example/x.png" alt="tracker"> and no <img src="mxc://dunlin.test/none" alt="lost">',
      "A boat :boat: and the bay",
    ),
  });
  world.sendMessage(
    roomId,
    "ben",
    {
      "m.relates_to": { rel_type: "m.annotation", event_id: withPictures, key: picture },
      shortcode: ":boat:",
    },
    { type: "m.reaction" },
  );
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  const { log } = dunlin;
  await expect(log.locator("math")).toHaveCount(1);
  // Small, from our own server alone; of the others the words stand.
  const shown = log.locator(`[data-event-id="${withPictures}"]`);
  await expect(shown.getByRole("img", { name: ":boat:" })).toBeVisible();
  await expect(shown.getByRole("img", { name: "the bay" })).toHaveJSProperty("complete", true);
  await expect(shown.locator(".words, .html").first()).toContainText("but no tracker and no lost");
  const sizes = await shown
    .locator(".html img")
    .evaluateAll((all) => all.map((image) => image.getBoundingClientRect().height));
  expect(sizes.every((height) => height > 0 && height <= 256)).toBe(true);
  await expect(shown.getByRole("button", { name: /^boat, 1 reaction/ }).locator("img")).toBeVisible();
  await expect(log.locator(".code-keyword")).toHaveText("const");
  await expect(log.locator(".code-language")).toHaveText("ts");
  await expect(log.getByRole("table")).toContainText("high");
  await expect(log.getByText("and leaves")).toHaveText(/bows\nand leaves$/, { useInnerText: true });
  await expect(log.locator("a.mention").first()).toHaveText("Ana");
  await expect(log.locator("a.mention-own")).toHaveCount(1);
  await expect(log.locator(".mentioned")).toHaveCount(1);
  await expect(log.getByRole("button", { name: "Open the original" })).toBeVisible();
  await expect(log).toContainText("https://forum.example/t/1");
  const spoiler = log.getByRole("button", { name: /Hidden text/ });
  await spoiler.focus();
  await page.keyboard.press("Enter");
  await expect(log.locator(".spoiler-open")).toContainText("the butler");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await testInfo.attach(colorScheme, { body: await page.screenshot(), contentType: "image/png" });
    const { violations } = await new AxeBuilder({ page }).include('[role="log"]').analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html: at }) => at)])).toEqual([]);
  }
});

test("links to rooms stay inside: ours opens, another asks whether to join", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const pier = world.createRoom({
    creator: "ben",
    members: ["ana"],
    name: "Pier",
    alias: "#pier:dunlin.test",
  });
  world.createRoom({ creator: "ben", name: "Dune", alias: "#dune:dunlin.test", joinRule: "public" });
  world.sendMessage(roomId, "ben", html('<a href="matrix:r/dune:dunlin.test">the dune</a>'));
  world.sendMessage(roomId, "ben", html(`<a href="https://matrix.to/#/${pier}">the pier</a>`));
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  await dunlin.log.getByRole("link", { name: "the dune" }).click();
  const dialog = page.getByRole("dialog", { name: "Join this room?" });
  await dialog.getByRole("button", { name: "Join" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Dune");
  await dunlin.row(roomId).click();
  await dunlin.log.getByRole("link", { name: "Pier" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Pier");
});

test("words without end, piles of marks, turned directions and deep nesting stay within their row", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const nasty = "\u202egnisrever\u2066";
  world.addUser("mallory", { displayName: `${nasty}<img src=x onerror=alert(1)>` });
  const roomId = world.createRoom({ creator: "ben", members: ["ana", "mallory"], name: "Harbour" });
  const first = world.sendMessage(roomId, "mallory", `<script>alert(1)</script>${nasty}`);
  world.sendMessage(roomId, "ben", "w".repeat(10_000));
  world.sendMessage(roomId, "ben", html(`<b>${"w".repeat(10_000)}</b>`));
  world.sendMessage(roomId, "ben", `Z${"\u0336\u0310".repeat(400)}algo`);
  world.sendMessage(roomId, "ben", html(`${"<blockquote>".repeat(400)}deep${"</blockquote>".repeat(400)}`));
  world.sendMessage(
    roomId,
    "ben",
    html(
      '<span data-mx-maths="\\href{javascript:alert(1)}{x}\\includegraphics{https://evil.example/x}">m</span>',
    ),
  );
  world.sendMessage(roomId, "ben", html(`<div data-mx-maths="${"{".repeat(900)}${"}".repeat(900)}">m</div>`));
  world.sendMessage(roomId, "ben", {
    msgtype: "m.text",
    body: "> <@mallory:dunlin.test> <img src=x onerror=alert(1)>\n\nanswer",
    "m.relates_to": { "m.in_reply_to": { event_id: first } },
  });
  world.sendMessage(roomId, "ben", "the end");
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  await expect(dunlin.log).toContainText("the end");
  const seen = await dunlin.readToStart();
  expect(seen.length).toBe(9);
  const wide = await page.evaluate(() => {
    const log = document.querySelector('[role="log"]')!;
    return {
      over: log.scrollWidth - log.clientWidth,
      body: document.documentElement.scrollWidth - innerWidth,
    };
  });
  expect(wide.over).toBeLessThanOrEqual(0);
  expect(wide.body).toBeLessThanOrEqual(0);
  await expect(dunlin.log.locator("img[src='x'], script, a[href^=javascript]")).toHaveCount(0);
});

test(
  "what leads out of the app is shown whole and opened by a click, nothing before and nothing else",
  headlessOnly("it stands between page and core, so that no browser opens"),
  async ({ homeserver, begin, page }) => {
    const { world } = homeserver;
    const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
    const place = (geo_uri: string) => ({ msgtype: "m.location", body: "By the river", geo_uri });
    world.sendMessage(roomId, "ben", place("geo:52.52,13.405;u=35"));
    world.sendMessage(roomId, "ben", place("geo:nowhere"));
    const bridged = (body: string, external_url: string) => ({ msgtype: "m.text", body, external_url });
    world.sendMessage(roomId, "ben", bridged("from the forum", "https://forum.example/t/1?page=2#last"));
    world.sendMessage(roomId, "ben", bridged("from a mail", "<id@mail.example>"));
    world.sendMessage(roomId, "ben", bridged("from mischief", "javascript:alert(1)"));
    const opened: string[] = [];
    await page.routeWebSocket(/\/port$/, (socket) => {
      const core = socket.connectToServer();
      socket.onMessage((text) => {
        const frame = JSON.parse(String(text)) as { id: number; method?: string; params?: { url: string } };
        if (frame.method !== "openLink") return core.send(text);
        opened.push(frame.params?.url ?? "");
        socket.send(JSON.stringify({ t: "result", id: frame.id, value: null }));
      });
    });
    const { dunlin } = await begin();
    await dunlin.openRoom("Harbour", roomId);
    const rowWith = (text: string) => dunlin.log.locator('[data-kind="message"]', { hasText: text });
    // A place that is none is its words (MSG-15); what is no web address has no way to it (BRDG-02).
    await expect(dunlin.log.getByRole("button", { name: "Show on OpenStreetMap" })).toHaveCount(1);
    await expect(dunlin.log.getByText("By the river")).toHaveCount(2);
    await expect(dunlin.log.getByRole("button", { name: "Open the original" })).toHaveCount(1);
    await expect(rowWith("from a mail")).not.toContainText("id@mail.example");
    expect(opened).toEqual([]);
    await dunlin.log.getByRole("button", { name: "Show on OpenStreetMap" }).click();
    await expect.poll(() => opened.length).toBe(1);
    const map = new URL(opened[0] ?? "");
    expect(map.host).toBe("www.openstreetmap.org");
    expect(map.href).toContain("52.52");
    const original = rowWith("from the forum");
    await expect(original).toContainText("https://forum.example/t/1?page=2#last");
    await original.getByRole("button", { name: "Open the original" }).click();
    await expect.poll(() => opened.at(-1)).toBe("https://forum.example/t/1?page=2#last");
    expect(opened).toHaveLength(2);
  },
);

test("what is behind a link is shown where one wants that, in words and with a small picture", async ({
  homeserver,
  begin,
  page,
}, testInfo) => {
  const { world, faults, wire } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const picture = world.uploadMedia(landscapePicture(3), "image/png");
  const path = /\/media\/preview_url$/;
  const body = JSON.stringify({
    "og:title": "<img src=x onerror=alert(1)> The tide",
    "og:description": `High at noon. ${"w".repeat(3000)}`,
    "og:site_name": "Harbour office",
    "og:image": picture,
  });
  faults.add({ on: { path }, do: { status: { code: 200, body, contentType: "application/json" } } });
  world.sendMessage(roomId, "ben", "look: https://harbour.example/tide and https://harbour.example/wind");
  world.sendMessage(roomId, "ben", "that is all");
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.getByText("that is all")).toBeVisible();
  expect(wire.count("GET", path)).toBe(0);
  await page.keyboard.press("Control+,");
  await page.getByRole("switch", { name: "Show what is behind links" }).click();
  await page.keyboard.press("Escape");
  const preview = dunlin.log.getByRole("button", { name: /The tide/ }).first();
  await expect(preview).toBeVisible();
  await expect(preview).toContainText("Harbour office");
  await expect(preview.locator("img")).toHaveJSProperty("complete", true);
  expect(wire.count("GET", path)).toBe(2);
  const { inner, outer } = await dunlin.log.evaluate((log) => ({
    inner: Math.max(...[log, ...log.querySelectorAll(".row")].map(({ scrollWidth }) => scrollWidth)),
    outer: log.clientWidth,
  }));
  expect(inner).toBeLessThanOrEqual(outer);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await testInfo.attach(colorScheme, { body: await page.screenshot(), contentType: "image/png" });
    const { violations } = await new AxeBuilder({ page }).include('[role="log"]').analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html: at }) => at)])).toEqual([]);
  }
});
