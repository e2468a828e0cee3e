import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { Notice } from "../../../preload/contract/models/notice.ts";
import { StandInChild } from "./testing/stand-in-child.ts";

// The system's notifications as the host asks for them, under the stand-in.

const program = new URL("./testing/run-fake-electron.ts", import.meta.url).href;
let dir: string;
let child: StandInChild;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "dunlin-notices-"));
  mkdirSync(join(dir, "out", "renderer"), { recursive: true });
  writeFileSync(join(dir, "out", "renderer", "index.html"), "<title>page</title>");
  // The hint at the first closing to the tray is another story.
  mkdirSync(join(dir, "profile"));
  writeFileSync(join(dir, "profile", "tray-hint-shown"), "");
  await start();
});
afterEach(async () => {
  await child.kill();
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
  child = new StandInChild(program, ["--profile-dir", join(dir, "profile")], {
    FAKE_OUT_DIR: join(dir, "out"),
    FAKE_MEDIA: join(dir, "avatar"),
    FAKE_CLOSE_TO_TRAY: "1",
    ...env,
  });
  await child.until("called", ({ name }) => name === "show");
}

const room = "!a:x" as RoomId;
const aNotice = (part: Partial<Notice> = {}): Notice => ({
  tag: room,
  version: 1,
  kind: "message",
  roomId: room,
  eventId: "$1" as EventId,
  title: "Ben (Harbour)",
  body: "hello",
  avatar: null,
  isSilent: false,
  count: 1,
  actions: ["reply", "mark-read"],
  ...part,
});
const shown = (count: number) => child.until("notification", ({ nth }) => nth === count - 1);
const isTold = ({ params }: { params: unknown }): boolean => JSON.stringify(params).includes('"act":"shown"');
/** What the user did. */
const acts = () => child.all("asked").filter((report) => !isTold(report));
const asked = async (count: number): Promise<unknown> => {
  await expect.poll(() => acts().length).toBe(count);
  return acts().at(-1)?.params;
};

test("a message is shown with its words, sound and what can be done, also without a window in sight", async () => {
  await child.tell({ do: "close window" });
  child.say("notices", [aNotice({ avatar: "media/x.org/face" })]);
  const { options } = await shown(1);
  expect(options).toMatchObject({
    title: "Ben (Harbour)",
    body: "hello",
    silent: false,
    urgency: "normal",
    groupId: room,
    hasReply: true,
    actions: [{ type: "button", text: "Mark as read" }],
    icon: { path: join(dir, "avatar") },
  });
});

const written = '<a href="https://evil.example">here</a> & <img src="https://evil.example/x.png">';
test.each([
  [
    "linux",
    '&lt;a href="https://evil.example"&gt;here&lt;/a&gt; &amp; &lt;img src="https://evil.example/x.png"&gt;',
  ],
  ["win32", written],
])("what somebody wrote is no markup of the system's: %s", async (platform, body) => {
  await child.kill();
  await start({ STAND_IN_PLATFORM: platform });
  child.say("notices", [aNotice({ body: written })]);
  expect((await shown(1)).options).toMatchObject({ title: "Ben (Harbour)", body });
});

test("a newer one of the same room takes the place of the old; the same one is not shown again", async () => {
  child.say("notices", [aNotice()]);
  await shown(1);
  child.say("notices", [aNotice(), aNotice({ tag: "!b:x", roomId: "!b:x" as RoomId })]);
  await shown(2);
  child.say("notices", [aNotice({ version: 3, body: "more", isSilent: true })]);
  expect((await shown(3)).options).toMatchObject({ body: "more", silent: true });
  expect(child.all("notification closed").map(({ nth }) => nth)).toEqual([1, 0]);
  expect(child.all("notification")).toHaveLength(3);
});

test("each showing is told to the core just before it is made, and not while its picture is still coming", async () => {
  child.say("notices", [aNotice({ avatar: "media/x.org/late" }), aNotice({ tag: "!b:x", version: 2 })]);
  await shown(1);
  const story = (): readonly unknown[] =>
    child.reports.flatMap((report): readonly unknown[] =>
      report.event === "notification"
        ? [`shown ${report.nth}`]
        : report.event === "asked"
          ? [report.params as { tag: string; act: object }]
          : [],
    );
  expect(story().slice(0, 2)).toEqual([{ tag: "!b:x", act: { act: "shown", version: 2 } }, "shown 0"]);
  child.say("late media", null);
  await shown(2);
  expect(story().slice(2)).toEqual([{ tag: room, act: { act: "shown", version: 1 } }, "shown 1"]);
});

test("one that lost a part says nothing new: silent and quiet; a new one of a room without a sound is seen", async () => {
  child.say("notices", [aNotice({ count: 2 })]);
  await shown(1);
  child.say("notices", [aNotice({ version: 2, count: 1, isSilent: true })]);
  expect((await shown(2)).options).toMatchObject({ silent: true, urgency: "low" });
  child.say("notices", [aNotice({ version: 3, count: 2, isSilent: true })]);
  expect((await shown(3)).options).toMatchObject({ silent: true, urgency: "normal" });
});

test("what is read elsewhere disappears, and everything when the app ends", async () => {
  child.say("notices", [aNotice(), aNotice({ tag: "digest", kind: "digest", roomId: null, actions: [] })]);
  await shown(2);
  child.say("notices", [aNotice()]);
  await child.until("notification closed", ({ nth }) => nth === 1);
  void child.tell({ do: "quit" }).catch(() => undefined);
  await child.ended;
  expect(child.all("notification closed").map(({ nth }) => nth)).toEqual([1, 0]);
});

describe("what the user does", () => {
  beforeEach(async () => {
    child.say("notices", [aNotice()]);
    await shown(1);
  });

  test("a click opens the place and brings the window, also one that was closed to the tray", async () => {
    await child.tell({ do: "close window" });
    await child.tell({ do: "notification", nth: 0, event: "click" });
    expect(await asked(1)).toEqual({ tag: room, act: { act: "open" } });
    await expect.poll(() => child.all("called").at(-1)?.name).toBe("focus");
  });

  test("a reply is sent, an empty one is not; a button marks as read; neither brings the window", async () => {
    const before = child.all("called").length;
    await child.tell({ do: "notification", nth: 0, event: "reply", details: { reply: "  " } });
    await child.tell({ do: "notification", nth: 0, event: "reply", details: { reply: " hi " } });
    expect(await asked(1)).toEqual({ tag: room, act: { act: "reply", body: "hi" } });
    await child.tell({ do: "notification", nth: 0, event: "action", details: { actionIndex: 7 } });
    await child.tell({ do: "notification", nth: 0, event: "action", details: { actionIndex: 0 } });
    expect(await asked(2)).toEqual({ tag: room, act: { act: "mark-read" } });
    expect(child.all("called")).toHaveLength(before);
  });

  test("one that moved into the system's list can still be clicked; one that was closed is over", async () => {
    await child.tell({ do: "notification", nth: 0, event: "close", details: { reason: "timedOut" } });
    await child.tell({ do: "notification", nth: 0, event: "click" });
    expect(await asked(1)).toMatchObject({ act: { act: "open" } });
    await child.tell({ do: "notification", nth: 0, event: "close", details: { reason: "userCanceled" } });
    expect(await asked(2)).toEqual({ tag: room, act: { act: "dismiss" } });
    await child.tell({ do: "notification", nth: 0, event: "click" });
    await child.tell({ do: "tray" });
    expect(acts()).toHaveLength(2);
  });
});

test("a call stays until somebody answers or declines it; answering brings the window", async () => {
  const tag = "call:c1";
  child.say("notices", [
    aNotice({ tag, kind: "call", body: "Incoming call", isSilent: true, actions: ["answer", "decline"] }),
  ]);
  expect((await shown(1)).options).toMatchObject({
    urgency: "critical",
    timeoutType: "never",
    actions: [{ text: "Answer" }, { text: "Decline" }],
  });
  await child.tell({ do: "notification", nth: 0, event: "action", details: { actionIndex: 1 } });
  expect(await asked(1)).toEqual({ tag, act: { act: "decline" } });
  await child.tell({ do: "notification", nth: 0, event: "action", details: { actionIndex: 0 } });
  expect(await asked(2)).toEqual({ tag, act: { act: "answer" } });
  await expect.poll(() => child.all("called").at(-1)?.name).toBe("focus");
});

test("a desktop without notifications is no reason not to start", async () => {
  await child.kill();
  await start({ STAND_IN_NOTIFICATIONS: "none" });
  child.say("notices", [aNotice()]);
  await child.tell({ do: "tray" });
  expect(child.all("notification")).toEqual([]);
});
