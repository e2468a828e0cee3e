import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "../pages/story.ts";

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
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  const { log } = dunlin;
  await expect(log.locator("math")).toHaveCount(1);
  await expect(log.locator(".code-keyword")).toHaveText("const");
  await expect(log.locator(".code-language")).toHaveText("ts");
  await expect(log.getByRole("table")).toContainText("high");
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
