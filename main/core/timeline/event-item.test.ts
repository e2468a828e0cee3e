import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventId, TransactionId } from "../../../preload/contract/ids.ts";
import type { EventItem } from "../../../preload/contract/models/timeline.ts";
import { parseEvent, type JsonObject, type MatrixEvent } from "../event.ts";
import type { EditRow, StoredRow } from "../store/queries/timeline.ts";
import { eventItem, validEdit } from "./event-item.ts";
import { alice, aMessage, anEvent, bob, carol, room, type EventParts } from "./fixtures.ts";
import { buildPreview } from "./preview.ts";
import { storedEvent } from "./stored-event.ts";

const people = {
  ownUserId: carol,
  nameOf: (userId: string) => (userId === bob ? "Bob" : null),
  mayRedact: () => false,
  mayNotifyRoom: (userId: string) => userId === bob,
};

function aRow(event: MatrixEvent, more: Partial<StoredRow> = {}): StoredRow {
  const profile = { name: "Alice", avatarMxc: null, quality: 2 };
  const because = event.unsigned["redacted_because"] as JsonObject | undefined;
  const row = storedEvent(room, event, profile, because ?? null, (html) => html);
  return {
    segment: 0,
    position: 0,
    ...row,
    relatesTo: row.relatesTo as EventId | null,
    ...more,
  };
}
const itemOf = (event: MatrixEvent, more: Partial<StoredRow> = {}): EventItem | null =>
  eventItem(aRow(event, more), null, people);
const withContent = (content: JsonObject, parts: EventParts = {}) => anEvent({ content, ...parts });
const bodyOf = (content: JsonObject) => {
  const item = itemOf(withContent(content));
  return item?.kind === "message" ? item.body : item?.kind;
};

describe("messages", () => {
  test.each(["text", "emote", "notice"])("of kind %s show their text and clean HTML", (kind) => {
    const content = {
      msgtype: `m.${kind}`,
      body: "a\nb",
      format: "org.matrix.custom.html",
      formatted_body: "<b>a</b>",
    };
    expect(bodyOf(content)).toEqual({ type: kind, text: "a\nb", html: "<b>a</b>" });
    expect(bodyOf({ ...content, format: "other" })).toMatchObject({ html: null });
  });

  test("of an unknown kind show their body and name the kind", () => {
    expect(bodyOf({ msgtype: "org.example.poll", body: "Lunch?" })).toEqual({
      type: "other",
      text: "Lunch?",
      msgtype: "org.example.poll",
    });
  });

  test.each<JsonObject>([
    {},
    { body: "no kind" },
    { msgtype: "m.text" },
    { msgtype: 7, body: "x" },
    { msgtype: "m.text", body: ["x"] },
    { msgtype: "m.text", body: " \u200b\n" },
    { msgtype: "m.image" },
    { msgtype: "org.example.x", body: null },
  ])("without what they need (%j) are a placeholder", (content) => {
    expect(bodyOf(content)).toBe("placeholder");
  });

  test("keep the id they were sent under on the device that sent them, and only there", () => {
    const own = aMessage("x", { sender: carol, unsigned: { transaction_id: "m1" } });
    expect(itemOf(own)).toMatchObject({ id: "m1", transactionId: "m1", send: { state: "sent" } });
    const foreign = aMessage("x", { sender: bob, unsigned: { transaction_id: "m1" } });
    expect(itemOf(foreign)).toMatchObject({ id: foreign.eventId, transactionId: null, send: null });
    expect(itemOf(aMessage("x", { sender: carol }))).toMatchObject({ send: null });
  });

  test("with 20 unknown keys are shown the same", () => {
    const extra = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x.${i}`, { deep: [i] }]));
    expect(bodyOf({ ...extra, msgtype: "m.text", body: "a" })).toEqual(
      bodyOf({ msgtype: "m.text", body: "a" }),
    );
  });
});

describe("media", () => {
  const image = { msgtype: "m.image", body: "cat.png", url: "mxc://x/cat" };
  const mediaOf = (content: JsonObject) => {
    const body = bodyOf(content);
    return typeof body === "object" && "media" in body ? body.media : null;
  };

  test("says what the sender says about it", () => {
    const info = { w: 640, h: 480, size: 1234, mimetype: "image/png" };
    expect(mediaOf({ ...image, info })).toEqual({
      file: "media/x/cat",
      thumbnail: "media/x/cat?width=800&height=600&method=scale",
      name: "cat.png",
      mimetype: "image/png",
      size: 1234,
      width: 640,
      height: 480,
      durationMs: null,
      blurhash: null,
      waveform: null,
    });
  });

  test.each([
    ["info is no object", { info: "x" }],
    ["numbers are text", { info: { w: "12", h: "9", size: "1" } }],
    ["numbers are below nothing", { info: { w: -1, h: 0, size: -5, duration: -1 } }],
    ["info is missing", {}],
  ])("is shown without sizes when %s", (_what, more) => {
    expect(mediaOf({ ...image, ...more })).toMatchObject({
      width: null,
      height: null,
      size: null,
      durationMs: null,
      blurhash: null,
      waveform: null,
    });
  });

  test("caps absurd dimensions", () => {
    expect(mediaOf({ ...image, info: { w: 1e9, h: 1e300 } })).toMatchObject({
      width: 16_384,
      height: 16_384,
    });
  });

  test.each(["http://x/cat", "mxc://x", "mxc://x/../etc", 5, null])(
    "has no file when its address is %j",
    (url) => {
      expect(mediaOf({ ...image, url })).toMatchObject({ file: null, thumbnail: null });
    },
  );

  test("takes a thumbnail from inside info, and from beside it as in 2015", () => {
    const video = { msgtype: "m.video", body: "v", url: "mxc://x/v" };
    expect(mediaOf({ ...video, info: { thumbnail_url: "mxc://x/t", duration: 90_500 } })).toMatchObject({
      thumbnail: expect.stringContaining("media/x/t?") as unknown,
      durationMs: 90_500,
    });
    expect(mediaOf({ ...video, thumbnail_url: "mxc://x/t" })?.thumbnail).toContain("media/x/t?");
    expect(mediaOf(video)?.thumbnail).toBeNull();
  });

  test("of 2015 with its thumbnail's measures under a misspelled name is shown like any other (MSG-14)", () => {
    const measures = { mimetype: "image/jpeg", w: 320, h: 240, size: 9000 };
    const info = { thumbnail_url: "mxc://x/t", duration: 2000, w: 640, h: 480, mimetype: "video/mp4" };
    const video = { msgtype: "m.video", body: "quay.mp4", url: "mxc://x/v" };
    const shown = mediaOf({ ...video, info: { ...info, thumbnail_info: measures } });
    expect(shown).toMatchObject({ thumbnail: expect.stringContaining("media/x/t?") as unknown, width: 640 });
    for (const misspelled of [measures, "bent", null])
      expect(mediaOf({ ...video, info: { ...info, thumbanil_info: misspelled } })).toEqual(shown);
  });

  test("of a file is named by its filename, or by its body when it has none", () => {
    const file = { msgtype: "m.file", body: "see here", url: "mxc://x/f" };
    expect(mediaOf({ ...file, filename: "a\u202Egpj.exe" })?.name).toBe("agpj.exe");
    expect(mediaOf(file)?.name).toBe("see here");
  });

  test("of a sticker is an event of its own, and an event of type m.image is nothing", () => {
    const sticker = withContent({ body: "hi", url: "mxc://x/s" }, { type: "m.sticker" });
    expect(itemOf(sticker)).toMatchObject({ kind: "message", body: { type: "sticker", text: "hi" } });
    expect(itemOf(withContent(image, { type: "m.image" }))).toBeNull();
  });
});

describe("state", () => {
  const changeOf = (type: string, content: JsonObject, prev?: JsonObject, parts: EventParts = {}) => {
    const unsigned = prev === undefined ? {} : { prev_content: prev };
    const item = itemOf(anEvent({ type, stateKey: "", content, unsigned, ...parts }));
    return item?.kind === "state" ? item.change : item;
  };

  test.each([
    ["m.room.create", {}, { type: "created" }],
    ["m.room.name", { name: "New" }, { type: "name", from: "Old", to: "New" }],
    ["m.room.name", { name: 5 }, { type: "name", from: "Old", to: null }],
    ["m.room.topic", { topic: "T" }, { type: "topic", from: null, to: "T" }],
    ["m.room.avatar", { url: "mxc://x/a" }, { type: "avatar", isRemoved: false }],
    ["m.room.avatar", { url: {} }, { type: "avatar", isRemoved: true }],
    ["m.room.join_rules", { join_rule: "org.example" }, { type: "join-rules", rule: "org.example" }],
    ["m.room.join_rules", { join_rule: [] }, null],
    [
      "m.room.history_visibility",
      { history_visibility: "shared" },
      { type: "history-visibility", visibility: "shared" },
    ],
    ["m.room.guest_access", { guest_access: "can_join" }, { type: "guest-access", access: "can_join" }],
    ["m.room.power_levels", {}, { type: "power-levels" }],
    ["m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" }, { type: "encryption" }],
    ["m.room.canonical_alias", { alias: "#a:x" }, { type: "canonical-alias", alias: "#a:x" }],
    ["m.room.pinned_events", {}, { type: "pinned", change: "changed", eventId: null }],
    ["m.room.tombstone", {}, { type: "upgraded" }],
    ["m.room.server_acl", {}, { type: "server-acl" }],
    ["m.room.aliases", { aliases: ["#a:x"] }, null],
    ["com.example.state", { x: 1 }, null],
    ["constructor", {}, null],
  ])("%s with %j", (type, content, change) => {
    expect(changeOf(type, content, { name: "Old" })).toEqual(change);
  });

  test("with another state key than the room's own, or with none, is no such change", () => {
    expect(changeOf("m.room.topic", { topic: "T" }, undefined, { stateKey: "x" })).toBeNull();
    expect(itemOf(anEvent({ type: "m.room.topic", content: { topic: "T" } }))).toBeNull();
  });

  test("does not invent what was before", () => {
    expect(changeOf("m.room.name", { name: "New" })).toEqual({ type: "name", from: null, to: "New" });
  });
});

describe("memberships, by the table of the specification", () => {
  const own = "own" as const;
  const other = "other" as const;
  test.each([
    [null, "join", own, "joined"],
    [null, "invite", other, "invited"],
    [null, "leave", own, "left"],
    [null, "leave", other, "kicked"],
    [null, "ban", other, "banned"],
    ["invite", "join", own, "joined"],
    ["invite", "leave", own, "declined"],
    ["invite", "leave", other, "withdrawn"],
    ["invite", "ban", other, "banned"],
    ["invite", "invite", other, null],
    ["join", "leave", own, "left"],
    ["join", "leave", other, "kicked"],
    ["join", "ban", other, "banned"],
    ["leave", "join", own, "joined"],
    ["leave", "invite", other, "invited"],
    ["leave", "ban", other, "banned"],
    ["leave", "knock", own, "knocked"],
    ["leave", "leave", own, null],
    ["ban", "leave", other, "unbanned"],
    ["ban", "ban", other, null],
    ["knock", "invite", other, "knock-accepted"],
    ["knock", "leave", own, "knock-retracted"],
    ["knock", "leave", other, "knock-denied"],
    ["knock", "ban", other, "banned"],
    ["knock", "knock", own, null],
    ["join", "nonsense", own, null],
  ])("from %s to %s by %s", (before, membership, by, change) => {
    const unsigned = before === null ? {} : { prev_content: { membership: before } };
    const sender = by === own ? bob : alice;
    const item = itemOf(
      anEvent({
        type: "m.room.member",
        sender,
        stateKey: bob,
        content: { membership, reason: "why" },
        unsigned,
      }),
    );
    const expected = { type: "membership", change, target: bob, targetName: "Bob", reason: "why" };
    expect(item?.kind === "state" ? item.change : null).toEqual(change === null ? null : expected);
  });

  test("that stay joined are a change of profile, not a join", () => {
    const change = (content: JsonObject) => {
      const item = itemOf(
        anEvent({
          type: "m.room.member",
          stateKey: alice,
          content: { membership: "join", ...content },
          unsigned: { prev_content: { membership: "join", displayname: "A", avatar_url: "mxc://x/a" } },
        }),
      );
      return item?.kind === "state" ? item.change : null;
    };
    expect(change({ displayname: "B", avatar_url: "mxc://x/a" })).toEqual({
      type: "profile",
      nameFrom: "A",
      nameTo: "B",
      isAvatarChanged: false,
    });
    expect(change({ displayname: "A" })).toEqual({
      type: "profile",
      nameFrom: "A",
      nameTo: "A",
      isAvatarChanged: true,
    });
    expect(change({ displayname: "A", avatar_url: "mxc://x/a", "org.example.pronouns": "they" })).toBeNull();
  });
});

describe("what is not shown, and what stands for something else", () => {
  test.each([
    "m.reaction",
    "com.example.game.score",
    "m.room.message.feedback",
    "m.call.candidates",
    "m.image",
  ])("an event of type %s is no row", (type) => {
    expect(itemOf(withContent({ msgtype: "m.text", body: "x" }, { type }))).toBeNull();
  });

  test("encrypted messages and calls have rows of their own", () => {
    expect(itemOf(withContent({ ciphertext: "x" }, { type: "m.room.encrypted" }))?.kind).toBe(
      "undecryptable",
    );
    const call = (sdp: unknown) => itemOf(withContent({ offer: { sdp } }, { type: "m.call.invite" }));
    expect(call("v=0\r\nm=audio 9\r\nm=video 9")).toMatchObject({ kind: "call", isVideo: true });
    expect(call("v=0\r\nm=audio 9")).toMatchObject({ kind: "call", isVideo: false });
    expect(call(5)).toMatchObject({ kind: "call", isVideo: false });
  });

  test("a redacted message says by whom and why", () => {
    const because = { event_id: "$r", sender: bob, content: { reason: "spam\u202E" } };
    const item = itemOf(anEvent({ content: {}, unsigned: { redacted_because: because } }));
    expect(item).toMatchObject({ kind: "redacted", redactedBy: "Bob", reason: "spam" });
  });

  test("a redacted reaction stays hidden, a redacted join stays a join", () => {
    const unsigned = { redacted_because: { event_id: "$r", sender: bob } };
    expect(itemOf(anEvent({ type: "m.reaction", content: {}, unsigned }))).toBeNull();
    const join = anEvent({
      type: "m.room.member",
      stateKey: alice,
      content: { membership: "join" },
      unsigned,
    });
    expect(itemOf(join)).toMatchObject({ kind: "state", change: { change: "joined", targetName: alice } });
  });
});

describe("edits", () => {
  const original = aMessage("first");
  const anEdit = (more: Partial<EditRow> & { body?: unknown } = {}): EditRow => {
    const { body = "second", ...rest } = more;
    const content = { "m.new_content": { msgtype: "m.text", body } };
    const id = "$edit" as EventId;
    const raw = JSON.stringify({ content });
    return {
      eventId: id,
      target: original.eventId,
      type: "m.room.message",
      sender: alice,
      ts: 1,
      html: null,
      raw,
      ...rest,
    };
  };
  const shownWith = (...edits: EditRow[]): unknown => {
    const row = aRow(original);
    const item = eventItem(row, validEdit(row, edits), people);
    return item?.kind === "message" ? item.body.text : item;
  };

  test("show their new text in the place of the original", () => {
    expect(shownWith(anEdit())).toBe("second");
  });

  test("count when they are the newest, then when their id is the greater", () => {
    const late = anEdit({ ts: 5, body: "late", eventId: "$a" as EventId });
    expect(shownWith(late, anEdit({ ts: 4 }))).toBe("late");
    expect(shownWith(anEdit({ ts: 5, body: "b", eventId: "$b" as EventId }), late)).toBe("b");
  });

  test.each<[string, Partial<EditRow> & { body?: unknown }]>([
    ["by somebody else", { sender: bob }],
    ["of another type", { type: "m.sticker" }],
    ["without new content", { raw: "{}" }],
    ["without a body", { body: 5 }],
  ])("%s do not count", (_what, more) => {
    expect(shownWith(anEdit(more))).toBe("first");
  });

  test("are never rows of their own, redacted or not", () => {
    expect(itemOf(aMessage("* x"), { relType: "m.replace" })).toBeNull();
    expect(itemOf(aMessage("* x"), { relType: "m.replace", isRedacted: 1 })).toBeNull();
  });
});

test("a preview names the kind where there is no text", () => {
  const preview = (event: MatrixEvent) => buildPreview(event);
  expect(preview(aMessage("a\n b"))).toEqual({ sender: null, isOwn: false, kind: "text", text: "a b" });
  expect(preview(withContent({ msgtype: "m.image", body: "cat", url: "mxc://x/c" }))?.kind).toBe("image");
  expect(preview(withContent({ msgtype: "org.example.poll", body: "Lunch?" }))).toMatchObject({
    text: "Lunch?",
  });
  expect(preview(withContent({}, { unsigned: { redacted_because: {} } }))?.kind).toBe("redacted");
  expect(preview(withContent({}, { type: "m.room.encrypted" }))?.kind).toBe("encrypted");
  expect(preview(withContent({ name: "x" }, { type: "m.room.name", stateKey: "" }))).toBeNull();
  expect(
    preview(withContent({ msgtype: "m.text", body: "* x", "m.relates_to": { rel_type: "m.replace" } })),
  ).toBeNull();
  expect(preview(withContent({ "m.relates_to": {} }, { type: "m.reaction" }))).toBeNull();
});

describe("malformed events", () => {
  const types = fc.constantFrom(
    "m.room.message",
    "m.room.member",
    "m.room.name",
    "m.room.topic",
    "m.room.avatar",
    "m.room.create",
    "m.room.join_rules",
    "m.room.canonical_alias",
    "m.room.encryption",
    "m.sticker",
    "m.reaction",
    "m.room.encrypted",
    "m.call.invite",
    "m.room.redaction",
    "__proto__",
    "toString",
  );
  const keys = fc.constantFrom(
    "msgtype",
    "body",
    "format",
    "formatted_body",
    "url",
    "info",
    "w",
    "h",
    "size",
    "mimetype",
    "thumbnail_url",
    "membership",
    "displayname",
    "avatar_url",
    "reason",
    "name",
    "topic",
    "alias",
    "m.relates_to",
    "rel_type",
    "event_id",
    "m.new_content",
    "offer",
    "sdp",
    "filename",
    "file",
    "unsigned",
    "prev_content",
    "__proto__",
  );
  const words = fc.constantFrom(
    "m.text",
    "m.image",
    "m.file",
    "join",
    "leave",
    "org.matrix.custom.html",
    "mxc://x/y",
  );
  const { value: anyValue } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      words,
      fc.jsonValue({ maxDepth: 2 }),
      fc.dictionary(keys, tie("value"), { maxKeys: 5 }),
    ),
  }));
  const malformed = fc.record(
    {
      event_id: fc.constant("$fuzz"),
      type: types,
      sender: fc.constantFrom(alice as string, carol, ""),
      state_key: fc.oneof(fc.constantFrom("", alice as string), anyValue),
      origin_server_ts: fc.oneof(fc.double(), anyValue),
      content: fc.oneof(fc.dictionary(keys, anyValue, { maxKeys: 6 }), anyValue),
      unsigned: fc.oneof(fc.dictionary(keys, anyValue, { maxKeys: 3 }), anyValue),
    },
    { requiredKeys: ["event_id", "type", "sender"] },
  );

  test("never throw and always become an item of plain JSON, or none", { timeout: 120_000 }, () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(malformed, fc.boolean(), (value, isRedacted) => {
        const event = parseEvent(value);
        if (event === null) return;
        buildPreview(event);
        const item = itemOf(event, isRedacted ? { isRedacted: 1 } : {});
        seen.add(item?.kind ?? "hidden");
        if (item !== null) expect(JSON.parse(JSON.stringify(item))).toEqual(item);
      }),
      { numRuns: 20_000 },
    );
    // The corpus reaches every branch, or it would prove nothing.
    expect([...seen].toSorted()).toEqual([
      "call",
      "hidden",
      "message",
      "placeholder",
      "redacted",
      "state",
      "undecryptable",
    ]);
  });

  test("nested deeper than anybody can write are kept as their envelope", () => {
    const deep: unknown = JSON.parse("[".repeat(60_000) + "]".repeat(60_000));
    const event = anEvent({ content: { msgtype: "m.text", body: "x", deep } });
    const row = aRow(event, { transactionId: "t" as TransactionId });
    expect(JSON.parse(row.raw)).toMatchObject({ event_id: event.eventId });
    expect(() => eventItem(row, null, people)).not.toThrow();
  });
});
