import { expect, test } from "vitest";
import { bentExample, specExamples } from "../../../e2e/homeserver/bent-events.ts";
import type { UserId } from "../../../preload/contract/ids.ts";
import type { EventItem } from "../../../preload/contract/models/timeline.ts";
import { cleanHtml } from "../clean-html.ts";
import { isObject, parseEvent, type MatrixEvent } from "../event.ts";
import { eventItem } from "./event-item.ts";
import { openCache, room, TestTimeline } from "./fixtures.ts";
import { buildPreview } from "./preview.ts";

// The specification's own examples of events (Apache-2.0, see e2e/homeserver/bent-events.ts), and what becomes of them when they are
// bent: through the parser, the store and the items, one after another, as sync and the timeline take them.

const people = {
  ownUserId: "@me:example.org" as UserId,
  nameOf: () => null,
  mayRedact: () => false,
  mayNotifyRoom: () => true,
};

/** Stores the events and answers what the timeline shows for each that has a row. */
function shown(events: readonly MatrixEvent[]): ReadonlyMap<string, EventItem | null> {
  const cache = openCache();
  try {
    const timeline = new TestTimeline(cache);
    timeline.append(events);
    for (const event of events) {
      const preview = buildPreview(event);
      if (preview !== null) JSON.stringify(preview);
    }
    return new Map(
      timeline
        .visible()
        .map((row) => [row.eventId, eventItem({ ...row, html: clean(row.raw) }, null, people)]),
    );
  } finally {
    cache.close();
  }
}

/** As the core cleans on ingest; the test timeline marks instead of cleaning. */
function clean(raw: string): string | null {
  const event: unknown = JSON.parse(raw);
  const content = isObject(event) && isObject(event["content"]) ? event["content"] : {};
  const html = content["formatted_body"];
  return typeof html === "string" ? cleanHtml(html) : null;
}

function saidOf(item: EventItem | null | undefined): string {
  if (item === undefined) return "no row";
  if (item === null) return "hidden";
  if (item.kind === "message")
    return item.body.type === "other" ? `other ${item.body.msgtype}` : `message ${item.body.type}`;
  return item.kind === "state" ? `state ${item.change.type}` : item.kind;
}

/** Room events that say nothing in a timeline, or say it where it belongs. */
const hidden = (
  "core/room_event core/state_event m.call.answer m.call.candidates m.call.hangup m.call.negotiate " +
  "m.call.reject m.call.sdp_stream_metadata_changed m.call.select_answer m.policy.rule.room m.policy.rule.server m.policy.rule.user " +
  "m.reaction m.room.image_pack m.room.policy m.room.redaction m.room.third_party_invite m.space.child " +
  "m.space.parent"
).split(" ");

/** What each room event of the examples is shown as. */
const itself: Readonly<Record<string, string>> = {
  "m.call.invite": "call",
  "m.room.avatar": "state avatar",
  "m.room.canonical_alias": "state canonical-alias",
  "m.room.create": "state created",
  "m.room.encrypted$megolm": "undecryptable",
  "m.room.encrypted$olm": "undecryptable",
  "m.room.encryption": "state encryption",
  "m.room.guest_access": "state guest-access",
  "m.room.history_visibility": "state history-visibility",
  "m.room.join_rules": "state join-rules",
  "m.room.join_rules$restricted": "state join-rules",
  "m.room.member": "state membership",
  "m.room.member$invite_room_state": "state membership",
  "m.room.member$join_authorised_via_users_server": "state membership",
  "m.room.member$knock_room_state": "state membership",
  "m.room.member$third_party_invite": "state membership",
  "m.room.message$m.audio": "message audio",
  "m.room.message$m.emote": "message emote",
  "m.room.message$m.file": "message file",
  "m.room.message$m.image": "message image",
  "m.room.message$m.key.verification.request": "other m.key.verification.request",
  "m.room.message$m.location": "message location",
  "m.room.message$m.notice": "message notice",
  "m.room.message$m.server_notice": "other m.server_notice",
  "m.room.message$m.text": "message text",
  "m.room.message$m.video": "message video",
  "m.room.name": "state name",
  "m.room.pinned_events": "state pinned",
  "m.room.power_levels": "state power-levels",
  "m.room.server_acl": "state server-acl",
  "m.room.tombstone": "state upgraded",
  "m.room.topic": "state topic",
  "m.sticker": "message sticker",
};

const expected: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(specExamples).map((name) => [
    name,
    itself[name] ?? (hidden.includes(name) ? "hidden" : "no room event"),
  ]),
);

test("every example of the specification shows as itself, as its fallback, or is none for a timeline", () => {
  const said: Record<string, string> = {};
  for (const [name, example] of Object.entries(specExamples)) {
    const event = parseEvent(example);
    said[name] = event === null ? "no room event" : saidOf(shown([event]).get(event.eventId));
  }
  expect(said).toEqual(expected);
});

test("no example hides another: all of them in one room", () => {
  const events = Object.entries(specExamples).flatMap(([name, example]) => {
    const event = isObject(example) ? parseEvent({ ...example, event_id: `$${name}` }) : null;
    return event === null ? [] : [event];
  });
  const items = shown(events.filter(({ type }) => type !== "m.room.redaction"));
  for (const [name, what] of Object.entries(expected))
    if (what.startsWith("message")) expect(saidOf(items.get(`$${name}`))).toBe(what);
});

const VARIANTS = 50_000;
const PER_ROOM = 2_500;
/** Opaque, and never shown as they are. */
const ids = new Set(["id", "eventId", "userId", "callId", "target", "targetId", "transactionId"]);
const kinds = new Set(["message", "state", "redacted", "undecryptable", "placeholder", "call"]);

test(
  "50,000 bent examples go through parser, store and items: none throws, each is a whole item or none",
  () => {
    let stored = 0;
    for (let start = 0; start < VARIANTS; start += PER_ROOM) {
      const events: MatrixEvent[] = [];
      for (let at = start; at < start + PER_ROOM; at++) {
        const event = parseEvent(bentExample(at, { event_id: `$${at}`, room_id: room }));
        if (event !== null) events.push(event);
      }
      const items = shown(events);
      stored += items.size;
      for (const [eventId, item] of items) {
        if (item === null) continue;
        // What crosses to the page is JSON and one of its kinds; names and texts are clean.
        const text = JSON.stringify(item, (key, value: unknown) => (ids.has(key) ? undefined : value));
        expect(kinds.has(item.kind), eventId).toBe(true);
        expect(/[\u202a-\u202e\u2066-\u2069\u0000]/.test(text), eventId).toBe(false);
        expect(/<script|onerror=|href=\\"javascript/i.test(htmlOf(item)), eventId).toBe(false);
      }
    }
    // Most of them are still events; a test in which nothing arrives would prove nothing.
    expect(stored).toBeGreaterThan(VARIANTS / 2);
  },
  // Bounded by what they are, not by time; slow machines get the time they need.
  240_000,
);

const htmlOf = (item: EventItem): string =>
  item.kind === "message" && "html" in item.body ? (item.body.html ?? "") : "";
