import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildApp } from "../testing/built-app.ts";
import { BuiltStage } from "../testing/built-stage.ts";
import type { StandInChild } from "../testing/stand-in-child.ts";

// The life of a notification in the built app, its window not in front: from the homeserver to the system's list, and
// from what the user does there to the homeserver. What deserves one is in main/core/notifications.

beforeAll(buildApp, 180_000);
let stage: BuiltStage;
let child: StandInChild;
let roomId: string;
beforeEach(async () => {
  stage = await BuiltStage.begin();
  roomId = stage.server.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  ({ child } = await stage.live());
});
afterEach(() => stage.end());

const say = (body: string): string => stage.server.world.sendMessage(roomId, "ben", body);
/** The words of what stands in the system's list. */
const standing = (): string[] => {
  const closed = new Set(child.all("notification closed").map(({ nth }) => nth));
  return child
    .all("notification")
    .filter(({ nth }) => !closed.has(nth))
    .map(({ options }) => `${String(options["title"])}: ${String(options["body"])}`);
};
const newest = (): number => child.all("notification").at(-1)?.nth ?? -1;

test("it comes, makes room for the next, falls back when that is redacted, and goes when all is read elsewhere", async () => {
  const { world } = stage.server;
  const first = say("ahoy");
  await expect.poll(standing).toEqual(["Ben (Harbour): ahoy"]);
  const second = say("anybody?");
  await expect.poll(standing).toEqual(["Ben (Harbour): anybody? (and 1 more)"]);
  world.redact(roomId, "ben", second);
  await expect.poll(standing).toEqual(["Ben (Harbour): ahoy"]);
  world.receipt(roomId, "ana", first);
  await expect.poll(standing).toEqual([]);
});

test("a click opens its message in the window; a button reads it; a reply is sent once", async () => {
  const { world } = stage.server;
  say("ahoy");
  await expect.poll(standing).toHaveLength(1);
  const shown = child.all("called").length;
  await child.tell({
    do: "notification",
    nth: newest(),
    event: "reply",
    details: { reply: " hello there " },
  });
  const replies = (): unknown[] =>
    world
      .events(roomId)
      .filter(({ sender, type }) => sender === world.user("ana").userId && type === "m.room.message");
  await expect.poll(replies).toMatchObject([{ content: { body: "hello there" } }]);
  expect(child.all("called")).toHaveLength(shown);
  await expect.poll(standing).toEqual([]);

  const second = say("and now?");
  await expect.poll(standing).toEqual(["Ben (Harbour): and now?"]);
  await child.tell({ do: "notification", nth: newest(), event: "action", details: { actionIndex: 0 } });
  const read = (): unknown =>
    world.receipts(roomId).find(({ userId }) => userId === world.user("ana").userId)?.eventId;
  await expect.poll(read).toBe(second);
  await expect.poll(standing).toEqual([]);

  say("come and see");
  await expect.poll(standing).toHaveLength(1);
  await child.tell({ do: "notification", nth: newest(), event: "click" });
  await expect.poll(() => child.all("called").at(-1)?.name).toBe("focus");
  expect(replies()).toHaveLength(1);
});

test("one that stands is not shown again by the next run; when the app ends none is left without it", async () => {
  say("ahoy");
  await expect.poll(standing).toHaveLength(1);
  void child.tell({ do: "quit" }).catch(() => undefined);
  expect(await child.ended).toEqual({ code: 0, signal: null });
  expect(standing()).toEqual([]);
  ({ child } = await stage.live());
  say("second");
  await expect.poll(standing).toHaveLength(1);
  expect(child.all("notification")).toHaveLength(1);
  expect(standing()[0]).toMatch(/second/);
});
