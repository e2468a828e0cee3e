import { atRest, distanceToEnd, lineBeingRead, wheel } from "../pages/log-view.ts";
import { expect, test } from "../pages/story.ts";

// Events nobody should send, and words that are taken back: the good ones between them stay whole.

const good = (body: string) => ({ msgtype: "m.text", body });

/** Everything that was ever seen where an event should be. */
const odd: readonly unknown[] = [
  { type: "m.room.message", sender: "@ben:dunlin.test", content: {} },
  { type: "m.room.message", sender: "@ben:dunlin.test", content: { msgtype: 7, body: "number as kind" } },
  {
    type: "m.room.message",
    sender: "@ben:dunlin.test",
    content: { msgtype: "m.text", body: { no: "text" } },
  },
  { type: "m.room.message", sender: "@ben:dunlin.test", content: "words instead of content" },
  { type: "m.room.message", sender: "@ben:dunlin.test" },
  { type: "m.room.message", sender: 5, content: good("sender is a number") },
  { type: "m.room.message", content: good("no sender") },
  { sender: "@ben:dunlin.test", content: good("no type") },
  {
    type: "m.room.message",
    sender: "@ben:dunlin.test",
    content: { msgtype: "m.image", body: "pic", url: 5 },
  },
  {
    type: "m.room.message",
    sender: "@ben:dunlin.test",
    content: { msgtype: "m.image", body: "pic", url: "mxc://../x" },
  },
  { type: "m.room.message", sender: "@ben:dunlin.test", content: { ...good("late"), __proto__: { x: 1 } } },
  { type: "m.room.name", sender: "@ben:dunlin.test", state_key: "", content: { name: { not: "text" } } },
  {
    type: "m.room.member",
    sender: "@ben:dunlin.test",
    state_key: "@ben:dunlin.test",
    content: { membership: 3 },
  },
  { type: "m.room.power_levels", sender: "@ben:dunlin.test", state_key: "", content: { users: "all" } },
  {
    type: "m.room.message",
    sender: "@ben:dunlin.test",
    content: good("x".repeat(60_000)),
    origin_server_ts: -5,
  },
  {
    type: "m.room.message",
    sender: "@ben:dunlin.test",
    content: good("from the far end"),
    origin_server_ts: 1e300,
  },
  null,
  "a word",
  42,
  [],
];

let injected = 0;
/** The odd event with an id and a time of its own, so that nothing but what is odd about it can be wrong. */
function whole(event: unknown): unknown {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return event;
  injected += 1;
  return { event_id: `$odd-${injected}`, origin_server_ts: Date.now(), ...event };
}

test("malformed and unknown events harm nothing: every good message shows, in order, and one goes on writing", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const expected: string[] = [];
  const sendGood = (body: string): void => {
    world.sendMessage(roomId, "ben", body);
    expected.push(body);
  };
  // Half of them wait in history, half arrive live.
  for (const [index, event] of odd.entries()) {
    sendGood(`before ${index}`);
    world.inject(roomId, whole(event));
  }
  const { dunlin } = await begin();
  await dunlin.connection("live");
  // Its name is malformed, and counts as none (MAL-04).
  await dunlin.row(roomId).click();
  for (const [index, event] of odd.entries()) {
    sendGood(`live ${index}`);
    world.inject(roomId, whole(event));
  }
  world.sendMessage(roomId, "ben", good("unknown kind, but with words"), { type: "org.example.unknown" });
  world.sendMessage(roomId, "ben", { msgtype: "org.example.smell", body: "smells of tar" });
  sendGood("the last");
  await expect(dunlin.log.getByText("the last", { exact: true })).toBeVisible();
  await dunlin.connection("live");
  await expect(dunlin.log.getByText("smells of tar")).toBeVisible();
  await expect(dunlin.log.getByText("Unknown kind of message: org.example.smell")).toBeVisible();
  await dunlin.log.press("End");
  const bodies = new Set(expected);
  const seen = (await dunlin.readToStart()).map(({ text }) => text).filter((text) => bodies.has(text));
  expect(seen).toEqual(expected);
  await dunlin.send("still here");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveText(/still here/);
  await page.reload();
  await expect(dunlin.log.getByText("still here")).toBeVisible();
});

test("a placeholder shows the source of what cannot be shown", async ({ homeserver, begin, page }) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  world.inject(
    roomId,
    whole({ type: "m.room.message", sender: "@ben:dunlin.test", content: { odd: "thing" } }),
  );
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const placeholder = dunlin.log.locator('[data-kind="placeholder"]');
  await expect(placeholder).toContainText("This message cannot be shown.");
  await placeholder.getByRole("button", { name: "View source" }).first().click();
  const source = page.getByRole("dialog", { name: "Message source" });
  await expect(source).toContainText('"odd": "thing"');
  await page.keyboard.press("Escape");
  await expect(source).toHaveCount(0);
});

test("words taken back disappear in the room, out of sight, and in the list", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const [early = ""] = world.sendMany(roomId, 60, (index) => ({ sender: "ben", content: `talk ${index}.` }));
  const { app, dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.log.press("End");
  const last = world.sendMessage(roomId, "ben", "never said");
  await expect(dunlin.log.getByText("never said")).toBeVisible();
  await expect(dunlin.row(roomId)).toContainText("never said");
  world.redact(roomId, "ben", last, "a slip");
  await expect(dunlin.log.locator(`[data-event-id="${last}"]`)).toHaveAttribute("data-kind", "redacted");
  await expect(page.getByText("never said")).toHaveCount(0);
  await expect(dunlin.row(roomId)).toContainText("Message deleted");
  // Far above, out of the page.
  await expect(dunlin.log.getByText("talk 0.")).toHaveCount(0);
  world.redact(roomId, "ben", early);
  await expect(dunlin.log).toHaveAttribute("data-older", "exhausted");
  const all = await dunlin.readToStart();
  expect(all.map(({ text }) => text)).not.toContain("talk 0.");
  expect(all).toHaveLength(59);
  await expect(dunlin.log.locator(`[data-event-id="${early}"]`)).toHaveAttribute("data-kind", "redacted");
  // Nor do they come back with the cache.
  await app.kill();
  await begin();
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.locator(`[data-event-id="${last}"]`)).toHaveAttribute("data-kind", "redacted");
  await expect(page.getByText("never said")).toHaveCount(0);
});

test("a redaction that comes while one reads above changes nothing else", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const ids = world.sendMany(roomId, 80, (index) => ({ sender: "ben", content: `talk ${index}.` }));
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.log.press("End");
  await expect(dunlin.log.getByText("talk 79.")).toBeInViewport();
  await atRest(page, dunlin.log);
  await wheel(page, dunlin.log, -900);
  await expect.poll(() => distanceToEnd(dunlin.log)).toBeGreaterThan(500);
  await atRest(page, dunlin.log);
  const line = await lineBeingRead(dunlin.log);
  const place = await line.boundingBox();
  world.redact(roomId, "ben", ids.at(-1) ?? "");
  await expect(dunlin.row(roomId)).toContainText("Message deleted");
  expect(await line.boundingBox()).toEqual(place);
});
