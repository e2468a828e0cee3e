import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { objectOf, type JsonObject, type MatrixEvent } from "../event.ts";
import type { Database } from "../store/database.ts";
import {
  alice,
  aMember,
  aMessage,
  anEvent,
  aRedaction,
  bob,
  openCache,
  room,
  TestTimeline,
} from "./fixtures.ts";
import { stripRedacted } from "./redact.ts";

const secret = "the unique phrase nobody may find again";
const because: JsonObject = { event_id: "$r", sender: bob, content: { reason: "spam" } };

describe("what redaction leaves", () => {
  const content = (event: MatrixEvent): JsonObject => objectOf(stripRedacted(event.raw, because), "content");

  test("of a message nothing but its envelope and who redacted it", () => {
    const event = aMessage(secret, { unsigned: { "m.relations": { x: secret } }, extra: secret });
    expect(stripRedacted(event.raw, because)).toEqual({
      event_id: event.eventId,
      type: "m.room.message",
      sender: alice,
      origin_server_ts: event.originServerTs,
      content: {},
      unsigned: { redacted_because: { event_id: "$r", sender: bob, content: { reason: "spam" } } },
    });
  });

  test.each([
    ["m.room.member", { membership: "join", displayname: secret }, { membership: "join" }],
    ["m.room.join_rules", { join_rule: "invite", x: secret }, { join_rule: "invite" }],
    ["m.room.power_levels", { users: { a: 1 }, ban: 50, x: secret }, { users: { a: 1 }, ban: 50 }],
    ["m.room.history_visibility", { history_visibility: "shared", x: 1 }, { history_visibility: "shared" }],
    ["m.room.create", { creator: alice, room_version: "11" }, { creator: alice, room_version: "11" }],
    ["m.room.redaction", { redacts: "$x", reason: secret }, { redacts: "$x" }],
    ["m.room.topic", { topic: secret }, {}],
    ["constructor", { topic: secret }, {}],
  ])("of %s its protected keys", (type, before, after) => {
    expect(content(anEvent({ type, stateKey: "", content: before }))).toEqual(after);
  });
});

describe("a redaction", () => {
  const shown = (timeline: TestTimeline, event: MatrixEvent) =>
    timeline.visible().find((row) => row.eventId === event.eventId);

  test("empties a message that is here, also its formatted text and its relation", () => {
    const timeline = new TestTimeline();
    const message = anEvent({
      content: {
        msgtype: "m.text",
        body: secret,
        format: "org.matrix.custom.html",
        formatted_body: `<b>${secret}</b>`,
        "m.relates_to": { rel_type: "m.thread", event_id: "$root" },
      },
    });
    timeline.append([message]);
    expect(shown(timeline, message)?.html).toContain(secret);
    const { redacted } = timeline.append([aRedaction(message.eventId)]);
    expect(redacted).toEqual([message.eventId]);
    expect(shown(timeline, message)).toMatchObject({ isRedacted: 1, html: null, relatesTo: null });
    expect(JSON.stringify(timeline.visible())).not.toContain(secret);
  });

  test.each(["content", "top level"])("names its target in the %s", (where) => {
    const timeline = new TestTimeline();
    const message = aMessage(secret);
    const redaction =
      where === "content"
        ? aRedaction(message.eventId)
        : anEvent({ type: "m.room.redaction", content: {}, redacts: message.eventId });
    timeline.append([message, redaction]);
    expect(shown(timeline, message)?.isRedacted).toBe(1);
  });

  test("that came first empties its target when a page brings it", () => {
    const timeline = new TestTimeline();
    const message = aMessage(secret);
    timeline.append([aRedaction(message.eventId)], { isLimited: true, prevBatch: "t1" });
    timeline.page([message], null);
    expect(shown(timeline, message)?.isRedacted).toBe(1);
    expect(JSON.stringify(timeline.visible())).not.toContain(secret);
  });

  test("met in a page empties its target further back in the same page", () => {
    const timeline = new TestTimeline();
    timeline.append([aMessage("live")], { isLimited: true, prevBatch: "t1" });
    const message = aMessage(secret);
    timeline.page([aRedaction(message.eventId), message], null);
    expect(shown(timeline, message)?.isRedacted).toBe(1);
  });

  test("is known from the event itself when the server has stripped it", () => {
    const timeline = new TestTimeline();
    const message = anEvent({ content: {}, unsigned: { redacted_because: because } });
    timeline.append([message]);
    expect(shown(timeline, message)?.isRedacted).toBe(1);
    expect(shown(timeline, message)?.raw).toContain("spam");
  });

  test("does not reach into another room", () => {
    const cache = openCache();
    const here = new TestTimeline(cache);
    const there = new TestTimeline(cache, "!there:x" as typeof room);
    const message = aMessage("stays");
    here.append([message]);
    there.append([aRedaction(message.eventId)]);
    expect(shown(here, message)?.isRedacted).toBe(0);
  });

  test.each([42, null, {}, ["$x"]])("with a target that is no id (%j) does nothing", (redacts) => {
    const timeline = new TestTimeline();
    const message = aMessage("stays");
    const redaction = anEvent({ type: "m.room.redaction", content: { redacts } });
    expect(timeline.append([message, redaction]).redacted).toEqual([]);
    expect(shown(timeline, message)?.isRedacted).toBe(0);
  });

  test("of an edit takes its words out of the message that carried them too", () => {
    const timeline = new TestTimeline();
    const original = "$original";
    const edit = aMessage(`* ${secret}`, {
      content: {
        msgtype: "m.text",
        body: `* ${secret}`,
        "m.new_content": { msgtype: "m.text", body: secret },
        "m.relates_to": { rel_type: "m.replace", event_id: original },
      },
    });
    const message = aMessage("first", {
      id: original,
      unsigned: { "m.relations": { "m.replace": edit.raw } },
    });
    timeline.append([message]);
    timeline.append([aRedaction(edit.eventId)]);
    expect(
      timeline
        .visible()
        .map((row) => row.raw)
        .join(),
    ).not.toContain(secret);
    expect(timeline.q.editsOf.all({ roomId: room, eventId: message.eventId })).toEqual([]);
  });
});

describe("on disk", () => {
  let directory: string;
  let cache: Database;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "dunlin-redact-"));
    cache = openCache(join(directory, "cache.db"));
  });
  afterEach(() => {
    cache.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test("nothing of a redacted message, an edit of it or a rude name can be found once the log is emptied", () => {
    const timeline = new TestTimeline(cache);
    const message = anEvent({
      content: { msgtype: "m.text", body: secret, format: "org.matrix.custom.html", formatted_body: secret },
    });
    const member = aMember(bob, { displayname: secret });
    timeline.append([member, aMessage("by the rude one", { sender: bob }), message]);
    timeline.append([aRedaction(message.eventId), aRedaction(member.eventId)]);
    cache.close();
    const left = readdirSync(directory).map((file) => readFileSync(join(directory, file)).includes(secret));
    expect(left).not.toContain(true);
  });

  test("a restart finds the room as it was left", () => {
    const timeline = new TestTimeline(cache);
    timeline.append([aMessage("1"), aMessage("2")], { isLimited: true, prevBatch: "t" });
    const before = timeline.visible();
    cache.close();
    cache = openCache(join(directory, "cache.db"));
    const after = new TestTimeline(cache);
    expect(after.visible()).toEqual(before);
    expect(after.gap()).toEqual({ segment: 0, token: "t" });
  });
});
