import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import { type CoreRig, endAll, eventsOf, eventually, filesWith, texts } from "./testing/core-rig.ts";
import { garden, roomStory } from "./testing/room-story.ts";

// Redacted words leave everything: topics, previews, names, databases, their logs, and files (RED-01, RED-02, RED-09).

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => void ({ server, roomId } = await garden()));
afterEach(endAll);

const secret = "hippopotomonstrous";
const { started } = roomStory(() => server);
const gone = (rig: CoreRig): Promise<void> =>
  eventually(() => filesWith(rig.platform.profileDir, secret).length === 0);
const png = (mark: string): Uint8Array =>
  Buffer.concat([
    Buffer.from("89504e470d0a1a0a0000000d4948445200000001000000010806000000", "hex"),
    Buffer.from(mark),
  ]);
const SYNC = /\/sync$/;

describe("redacted words", () => {
  it("of a message leave timeline, preview and every file of the profile", async () => {
    server.world.sendMessage(roomId, "ben", "before");
    const rig = await started();
    const timeline = rig.watch("timeline", { roomId });
    const list = rig.watch("roomList");
    const eventId = server.world.sendMessage(roomId, "ben", `${secret} message`);
    await list.until(([room]) => room?.preview?.text === `${secret} message`);
    expect(filesWith(rig.platform.profileDir, secret)).not.toEqual([]);
    server.world.redact(roomId, "ben", eventId, "regretted");
    await timeline.until((view) => eventsOf(view).some(({ kind }) => kind === "redacted"));
    expect(JSON.stringify([timeline.value, list.value])).not.toContain(secret);
    expect(list.value[0]?.preview).toMatchObject({ kind: "redacted", text: "" });
    await gone(rig);
  });

  it("of our own message that has just been sent leave the queue's file too", async () => {
    const rig = await started();
    const list = rig.watch("roomList");
    await rig.type(roomId, `${secret} of ours`);
    await list.until(([room]) => room?.preview?.text === `${secret} of ours`);
    const eventId = server.world.events(roomId).at(-1)?.event_id ?? "";
    server.world.redact(roomId, "ann", eventId);
    await list.until(([room]) => room?.preview?.kind === "redacted");
    await gone(rig);
  });

  it("that come in one response with their redaction never become a preview", async () => {
    const rig = await started();
    const list = rig.watch("roomList");
    server.cut();
    const eventId = server.world.sendMessage(roomId, "ben", `${secret} at once`);
    // As federation may bring it: the message whole, its redaction after it.
    server.faults.add({
      on: { path: SYNC },
      do: { rewrite: (json) => unredacted(json, eventId, `${secret} at once`) },
    });
    server.world.redact(roomId, "ben", eventId);
    server.mend();
    await list.until(([room]) => room?.preview !== null);
    expect(JSON.stringify(list.values)).not.toContain(secret);
    await gone(rig);
  });

  it("whose redaction came first are never shown", async () => {
    const rig = await started();
    const timeline = rig.watch("timeline", { roomId });
    const list = rig.watch("roomList");
    const room = rig.watch("room", { roomId });
    const sender = server.world.user("ben").userId;
    for (const redacts of ["$message", "$topic"]) {
      const event_id = `${redacts}-redaction`;
      const content = { redacts };
      server.world.inject(roomId, {
        type: "m.room.redaction",
        event_id,
        sender,
        origin_server_ts: 1,
        content,
        redacts,
      });
    }
    await rig.caughtUp("ann");
    server.world.inject(roomId, {
      type: "m.room.message",
      event_id: "$message",
      sender,
      origin_server_ts: 2,
      content: { msgtype: "m.text", body: `${secret} too late` },
    });
    server.world.inject(roomId, {
      type: "m.room.topic",
      event_id: "$topic",
      state_key: "",
      sender,
      origin_server_ts: 3,
      content: { topic: `${secret} topic` },
    });
    await rig.caughtUp("ann");
    expect(room.values.map(({ topic }) => topic)).not.toContain(`${secret} topic`);
    expect(eventsOf(timeline.value).map(({ kind }) => kind)).toContain("redacted");
    expect(JSON.stringify([timeline.values, list.values])).not.toContain(secret);
    await gone(rig);
  });

  it("of a topic that came as state beside the timeline leave the header", async () => {
    const topicId = server.world.sendState(roomId, "ben", "m.room.topic", "", { topic: `${secret} topic` });
    server.world.sendMany(roomId, 40, (i) => ({ sender: "ben", content: `message ${i}` }));
    const rig = await started();
    const room = rig.watch("room", { roomId });
    expect(room.value.topic).toBe(`${secret} topic`);
    server.world.redact(roomId, "ben", topicId);
    await room.until(({ topic }) => topic === null);
    await gone(rig);
  });

  it("of a display name leave names and typing lines", async () => {
    const rig = await started();
    const timeline = rig.watch("timeline", { roomId });
    server.world.setProfile("ben", { displayName: `${secret} Ben` });
    server.world.sendMessage(roomId, "ben", "hello");
    await timeline.until((view) => texts(view).includes("hello"));
    const member = server.world.events(roomId).findLast(({ type }) => type === "m.room.member");
    server.world.redact(roomId, "ben", member?.event_id ?? "");
    await timeline.until((view) => !JSON.stringify(view).includes(secret));
    const room = rig.watch("room", { roomId });
    server.world.setTyping(roomId, ["ben"]);
    await room.until(({ typing }) => typing.length === 1);
    expect(room.value.typing).toEqual([server.world.user("ben").userId]);
    await gone(rig);
  });

  it("found out by paging into a gap leave the preview that an older session had made", async () => {
    const eventId = server.world.sendMessage(roomId, "ben", `${secret} preview`);
    const first = await started();
    await first.close();
    server.world.redact(roomId, "ben", eventId);
    server.world.sendMany(roomId, 60, (i) => ({ sender: "ben", type: "com.example.noise", content: { i } }));
    const rig = await first.restart();
    await rig.live();
    const list = rig.watch("roomList");
    expect(list.value[0]?.preview?.text).toContain(secret);
    rig.watch("timeline", { roomId });
    await list.until(([room]) => room?.preview?.text !== `${secret} preview`);
    expect(list.value[0]?.preview).toBeNull();
    await gone(rig);
  });

  it("in a picture leave the disk with it, in every size", async () => {
    const rig = await started();
    const mxc = server.world.uploadMedia(png(secret), "image/png");
    const eventId = server.world.sendMessage(roomId, "ben", {
      msgtype: "m.image",
      body: "a picture",
      url: mxc,
    });
    const path = `media/${encodeURIComponent(server.serverName)}/${mxc.split("/").at(-1)}`;
    // The small one first: once the whole is here, it serves as its own small one.
    for (const size of ["?width=96&height=96&method=crop", ""])
      expect(await rig.core.media(path + size)).toMatchObject({ ok: true });
    expect(filesWith(rig.platform.profileDir, secret)).toHaveLength(2);
    server.world.redact(roomId, "ben", eventId);
    await gone(rig);
  });
});

/** The response with the event as it was before the server stripped it. */
function unredacted(json: unknown, eventId: string, body: string): unknown {
  const text = JSON.stringify(json);
  if (!text.includes(eventId)) return json;
  return JSON.parse(text, (_key, value: unknown) => {
    const event = value as { event_id?: string; type?: string } | null;
    if (event?.event_id !== eventId || event.type !== "m.room.message") return value;
    return { ...event, content: { msgtype: "m.text", body }, unsigned: {} };
  });
}
