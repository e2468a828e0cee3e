import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Notice } from "../../../preload/contract/models/notice.ts";
import { defaultSettings } from "../../../preload/contract/models/settings.ts";
import { parseEvent, type MatrixEvent } from "../event.ts";
import { fakePlatform, type FakePlatform } from "../fake-platform.ts";
import { attentionQueries } from "../store/queries/attention.ts";
import type { Database, Statement } from "../store/database.ts";
import { openStore, type Store } from "../store/store.ts";
import { areSameItems, createValueTopic } from "../value-topic.ts";
import { createNotifier } from "./notifier.ts";
import { createUnread } from "./unread.ts";

// Rooms with much that is unread: what stands in the counts, and what one more message costs there.

const ownUserId = "@ann:x" as UserId;
const ROOT = "$root";

let store: Store;
let platform: FakePlatform;
beforeAll(() => {
  platform = fakePlatform();
  store = openStore(platform);
});
afterAll(async () => {
  await store.close();
  platform.cleanUp();
});
/** Each story is of a room of its own. */
let stories = 0;

/** Statements of a database, with the rows they answered and how often they ran. */
function counted(cache: Database) {
  const seen = { rows: 0, ran: [] as string[] };
  const watched: Database = {
    ...cache,
    statements(sql) {
      const find = cache.statements(sql);
      return <P extends object, R>(name: string): Statement<P, R> => {
        const statement = find<P, R>(name);
        return {
          get: (params) => statement.get(params),
          all(params) {
            const rows = statement.all(params);
            seen.rows += rows.length;
            return rows;
          },
          run(params) {
            seen.ran.push(name);
            return statement.run(params);
          },
        };
      };
    },
  };
  return { seen, watched };
}

function begin() {
  const number = ++stories;
  const roomId = `!${number}:x` as RoomId;
  const idOf = (message: number): EventId => `$${number}-${message}` as EventId;
  const { cache } = store;
  const { seen, watched } = counted(cache);
  const find = cache.statements(
    `
    -- name: room
    INSERT INTO rooms (room_id, membership, name) VALUES (@roomId, 'join', 'Harbour');
    -- name: segment
    INSERT INTO segments (room_id, segment, prev_batch) VALUES (@roomId, 1, NULL);
    -- name: event
    INSERT INTO events (event_id, room_id, type, sender, origin_server_ts, relates_to, rel_type, raw)
    VALUES (@eventId, @roomId, 'm.room.message', '@ben:x', @ts, @relatesTo, @relType, @raw);
    -- name: place
    INSERT INTO timeline (room_id, segment, position, event_id) VALUES (@roomId, 1, @ts, @eventId);
    -- name: redact
    UPDATE events SET is_redacted = 1 WHERE event_id = @eventId;
  `.replaceAll(/^ +/gmu, ""),
  );
  const [event, place, redact] = [find("event"), find("place"), find("redact")];
  find("room").run({ roomId });
  find("segment").run({ roomId });
  const unread = createUnread({ store: { cache: watched }, ownUserId, now: () => 1, pushRules: () => null });
  const notices = createValueTopic<readonly Notice[]>([], areSameItems);
  const notifier = createNotifier({
    queries: attentionQueries(watched),
    ownUserId,
    transaction: (work) => cache.transaction(work),
    settings: () => defaultSettings,
    buildPreview: () => null,
    invites: () => false,
    notices,
    takeLessened: (one) => unread.takeLessened(one),
  });
  let count = 0;
  const isInThread = (number: number): boolean => number % 5 === 4;

  function store1(): MatrixEvent {
    const ts = ++count;
    const relation = isInThread(ts) ? { "m.relates_to": { rel_type: "m.thread", event_id: ROOT } } : {};
    const raw = {
      event_id: idOf(ts),
      type: "m.room.message",
      sender: "@ben:x",
      origin_server_ts: ts,
      content: { msgtype: "m.text", body: `said ${ts}`, ...relation },
    };
    const eventId = raw.event_id;
    const [relatesTo, relType] = isInThread(ts) ? [ROOT, "m.thread"] : [null, null];
    event.run({ eventId, roomId, ts, relatesTo, relType, raw: JSON.stringify(raw) });
    place.run({ roomId, ts, eventId });
    const parsed = parseEvent(raw);
    if (parsed === null) throw new Error("no event");
    return parsed;
  }

  function come(messages: number): void {
    const added = Array.from({ length: messages }, store1);
    unread.apply({
      roomId,
      membership: "join",
      serverCounts: null,
      added,
      isReceiptPending: false,
      isOld: false,
    });
  }
  const queries = attentionQueries(cache);
  return {
    ...{ cache, seen, roomId, idOf, unread, notifier, notices, come },
    count: () => count,
    redact: (eventId: EventId) => redact.run({ eventId }),
    rows: () =>
      queries.unreadOfRoom
        .all({ roomId })
        .map(({ eventId }) => eventId)
        .sort(),
    /** The server says that we read up to there elsewhere. */
    receipt: (message: number, threadId: string | undefined): void => {
      const receipt = threadId === undefined ? { ts: message } : { ts: message, thread_id: threadId };
      unread.applyReceipts(roomId, { [idOf(message)]: { "m.read": { [ownUserId]: receipt } } });
    },
  };
}

it("one more message costs the same among three thousand unread ones as among a hundred", () => {
  const { cache, seen, roomId, notifier, notices, come } = begin();
  function cost(): { rows: number; ran: string[] } {
    Object.assign(seen, { rows: 0, ran: [] });
    cache.transaction(() => come(1));
    notifier.changed([roomId], true);
    return { rows: seen.rows, ran: [...seen.ran] };
  }
  function fill(messages: number): void {
    cache.transaction(() => come(messages));
    notifier.changed([roomId], true);
    for (const { tag, version } of notices.current()) notifier.shown(tag, version);
  }
  fill(100);
  const among100 = cost();
  fill(2900);
  const among3000 = cost();
  expect(among3000).toEqual(among100);
  expect(among3000.rows).toBeLessThan(120);
  expect(among3000.ran).not.toContain("removeReadRoom");
  expect(notices.current()).toMatchObject([{ count: 3002 }]);
});

type Act =
  | { readonly do: "come"; readonly messages: number }
  | { readonly do: "read" | "receipt"; readonly share: number; readonly threadId: string | undefined }
  | { readonly do: "redacted"; readonly share: number };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const threadId = fc.constantFrom(undefined, "main", ROOT);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant("come" as const), messages: fc.integer({ min: 0, max: 8 }) }),
  fc.record({ do: fc.constantFrom("read" as const, "receipt" as const), share, threadId }),
  fc.record({ do: fc.constant("redacted" as const), share }),
);
/** What one commit does, and whether the disk takes it at the first try. */
const commit = fc.record({ acts: fc.array(act, { minLength: 1, maxLength: 3 }), isRefused: fc.boolean() });

it("whatever is said, read and taken back, and whatever the disk refuses, the rows are those of counting anew", () => {
  fc.assert(
    fc.property(fc.array(commit, { minLength: 1, maxLength: 15 }), (commits) => {
      const story = begin();
      const { cache, roomId, idOf, unread, come, receipt, rows, notifier, notices } = story;
      const numberAt = (at: number): number => Math.max(1, Math.ceil(at * story.count()));
      function perform(one: Act): void {
        if (one.do === "come") return come(one.messages);
        if (story.count() === 0) return;
        const number = numberAt(one.share);
        const eventId = idOf(number);
        if (one.do === "redacted") {
          story.redact(eventId);
          unread.redacted(roomId, eventId);
        } else if (one.do === "read") unread.markRead(roomId, eventId, one.threadId);
        else {
          receipt(number, one.threadId);
          come(0);
        }
      }
      for (const { acts, isRefused } of commits) {
        // Acts that bring events are not tried twice: their numbers go on.
        if (isRefused && acts.every((one) => one.do !== "come"))
          expect(() =>
            cache.transaction(() => {
              acts.forEach(perform);
              throw new Error("the disk");
            }),
          ).toThrow("the disk");
        cache.transaction(() => acts.forEach(perform));
        notifier.changed([roomId], true);
        const [notice] = notices.current();
        expect(notice?.count ?? 0).toBe(rows().length);
      }
      const here = rows();
      cache.transaction(() => unread.recount(roomId));
      expect(rows()).toEqual(here);
    }),
    { numRuns: 300 },
  );
});
