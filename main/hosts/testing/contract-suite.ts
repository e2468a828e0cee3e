import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CONTRACT_VERSION, type HostFrame } from "../../../preload/contract/frames.ts";
import type { RoomId } from "../../../preload/contract/ids.ts";
import { FailureError } from "../../core/failure.ts";
import type { LogLevel } from "../../core/platform.ts";
import type { ServeOptions } from "../serve.ts";
import { FakeCore } from "./fake-core.ts";
import { ManualClock } from "./manual-clock.ts";

// One suite over every kind of port: what the renderer may rely on does not depend on the host.

/** The page's end of a port, and the ways it can go away. */
export interface PageEnd {
  /** Anything at all: a page is not believed. */
  post(frame: unknown): void;
  readonly frames: HostFrame[];
  /** Leaves as a page does: reload, closed tab. Resolves when the host has noticed. */
  leave(): Promise<void>;
}
export interface Opened {
  openPage(): Promise<PageEnd>;
  readonly options: Pick<ServeOptions, "host" | "resources">;
  close(): Promise<void>;
}
export type OpenHost = (core: FakeCore, options: Pick<ServeOptions, "clock" | "log">) => Promise<Opened>;

/** Ids above are of the suite's own questions. */
const MARKER = 900_000;

const room = (name: string): never => ({ name }) as never;

export function contractSuite(name: string, openHost: OpenHost): void {
  describe(`the contract over ${name}`, () => {
    let core: FakeCore;
    let clock: ManualClock;
    let logged: { level: LogLevel; event: string; fields: unknown }[];
    let host: Opened;
    let page: PageEnd;

    beforeEach(async () => {
      core = new FakeCore();
      clock = new ManualClock();
      logged = [];
      host = await openHost(core, {
        clock,
        log: (level, event, fields) => void logged.push({ level, event, fields }),
      });
      page = await host.openPage();
      page.post({ t: "hello", version: CONTRACT_VERSION });
      await frames(1);
      page.frames.length = 0;
    });
    afterEach(() => host.close());

    /** The first `count` frames, when they are here. */
    const frames = async (count: number, from: PageEnd = page): Promise<HostFrame[]> => {
      await expect
        .poll(() => from.frames.length, { timeout: 5000, interval: 2 })
        .toBeGreaterThanOrEqual(count);
      return from.frames.slice(0, count);
    };
    /** A question and its answer: all that was posted before has arrived by then, in both directions. */
    let asked = MARKER;
    const settled = async (): Promise<HostFrame[]> => {
      const id = ++asked;
      page.post({ t: "call", id, method: "networkIsBack", params: {} });
      await expect
        .poll(() => page.frames.some((frame) => "id" in frame && frame.id === id), {
          timeout: 5000,
          interval: 2,
        })
        .toBe(true);
      return page.frames.filter((frame) => !("id" in frame) || frame.id < MARKER);
    };

    test("greets with its version, where bytes are, and who it is", async () => {
      page.post({ t: "hello", version: CONTRACT_VERSION });
      expect(await frames(1)).toEqual([{ t: "hello", version: CONTRACT_VERSION, ...host.options }]);
    });

    test("tells a page of another version its own and does nothing else for it", async () => {
      page.post({ t: "hello", version: CONTRACT_VERSION + 1 });
      page.post({ t: "call", id: 1, method: "signOut", params: {} });
      page.post({ t: "subscribe", id: 2, topic: "session", params: null });
      expect(await frames(3)).toMatchObject([
        { t: "hello", version: CONTRACT_VERSION },
        { t: "failure", id: 1, failure: { kind: "invalid" } },
        { t: "failure", id: 2, failure: { kind: "invalid" } },
      ]);
      expect(core.asked).toEqual([]);
      expect(core.watchers).toEqual([]);
    });

    test("answers a request with what the core says, once", async () => {
      core.answers.set("sendMessage", () => Promise.resolve({ queuedAt: 5 }));
      const params = {
        roomId: "!a:x",
        transactionId: "abcdefgh",
        content: { msgtype: "m.text", body: "ö 🎈" },
      };
      page.post({ t: "call", id: 1, method: "sendMessage", params });
      expect(await settled()).toEqual([{ t: "result", id: 1, value: { queuedAt: 5 } }]);
      expect(core.asked[0]).toEqual({ method: "sendMessage", params });
    });

    test("a request that says whose it is goes to that account", async () => {
      page.post({
        t: "call",
        id: 1,
        method: "saveDraft",
        params: { roomId: "!a:x", draft: null },
        account: "a1",
      });
      expect(await frames(1)).toEqual([{ t: "result", id: 1, value: null }]);
      expect(core.askedOf).toEqual(["a1"]);
    });

    test("answers null where there is nothing to say", async () => {
      page.post({ t: "call", id: 1, method: "signOut", params: {} });
      expect(await frames(1)).toEqual([{ t: "result", id: 1, value: null }]);
    });

    test("a failure arrives as data, with everything it knows", async () => {
      const failure = { kind: "limited", message: "slow down", retryAfterMs: 1500, status: 429 } as const;
      core.answers.set("paginate", () => Promise.reject(new FailureError(failure)));
      page.post({ t: "call", id: 1, method: "paginate", params: { roomId: "!a:x" } });
      expect(await frames(1)).toEqual([{ t: "failure", id: 1, failure }]);
    });

    test("a fault of the core is a bug for the page and a place in the log, without anybody's words", async () => {
      core.answers.set("signOut", () => {
        throw new TypeError("cannot read the word sesame");
      });
      page.post({ t: "call", id: 1, method: "signOut", params: {} });
      expect(await frames(1)).toMatchObject([{ t: "failure", id: 1, failure: { kind: "bug" } }]);
      expect(logged).toMatchObject([{ level: "error", event: "request-bug", fields: { name: "signOut" } }]);
      expect(JSON.stringify(logged)).not.toContain("sesame");
    });

    test("wrong parameters never reach the core, and what they were is not repeated", async () => {
      page.post({
        t: "call",
        id: 1,
        method: "signIn",
        params: { homeserver: "x", user: "a", password: 123456 },
      });
      page.post({ t: "call", id: 2, method: "signOut", params: { extra: "sesame" } });
      page.post({ t: "call", id: 3, method: "openLink", params: null });
      page.post({ t: "subscribe", id: 4, topic: "timeline", params: { roomId: 5 } });
      const answers = await frames(4);
      for (const answer of answers)
        expect(answer).toMatchObject({ t: "failure", failure: { kind: "invalid" } });
      expect(JSON.stringify(answers)).not.toMatch(/123456|sesame/);
      expect([core.asked, core.watchers]).toEqual([[], []]);
    });

    test.each(["constructor", "__proto__", "toString", "hasOwnProperty", "nothing"])(
      "%s is nobody's request and nobody's topic",
      async (name) => {
        page.post({ t: "call", id: 1, method: name, params: {} });
        page.post({ t: "subscribe", id: 2, topic: name, params: null });
        expect(await frames(2)).toMatchObject([
          { t: "failure", id: 1, failure: { kind: "invalid" } },
          { t: "failure", id: 2, failure: { kind: "invalid" } },
        ]);
        expect([core.asked, core.watchers]).toEqual([[], []]);
      },
    );

    test("nonsense is dropped, counted, and keeps nobody from working", async () => {
      const nonsense = [
        null,
        7,
        "text",
        [],
        {},
        { t: "call" },
        { t: "subscribe", id: "1", topic: "session" },
      ];
      for (const frame of nonsense) page.post(frame);
      page.post({ t: "call", id: 1, method: "signOut", params: {}, more: 1 });
      expect(await settled()).toEqual([]);
      expect(logged.map(({ fields }) => (fields as { count: number }).count)).toEqual([1, 2, 4, 8]);
      expect(core.asked.map(({ method }) => method)).toEqual(["networkIsBack"]);
    });

    test("a topic begins with its snapshot as number 0; changes count on from there", async () => {
      core.signedIn();
      page.post({ t: "subscribe", id: 3, topic: "session", params: null });
      await settled();
      core.emit("session", { state: "signed-out", reason: "user", secrets: "file" });
      clock.advance(100);
      core.emit("session", { state: "signed-out", reason: null, secrets: "file" });
      expect(await settled()).toEqual([
        { t: "snapshot", id: 3, seq: 0, value: core.snapshots.session },
        { t: "change", id: 3, seq: 1, value: { state: "signed-out", reason: "user", secrets: "file" } },
        { t: "change", id: 3, seq: 2, value: { state: "signed-out", reason: null, secrets: "file" } },
      ]);
    });

    test("the first change goes at once, those within the same frame together, none is lost", async () => {
      page.post({ t: "subscribe", id: 1, topic: "roomList", params: null });
      await settled();
      const insert = (at: number) => [{ op: "insert", at, items: [room(`r${at}`)] }] as const;
      core.emit("roomList", insert(0));
      core.emit("roomList", insert(1));
      core.emit("roomList", insert(2));
      expect((await settled()).slice(1)).toEqual([{ t: "change", id: 1, seq: 1, value: insert(0) }]);
      clock.advance(16);
      core.emit("roomList", insert(3));
      clock.advance(16);
      expect((await settled()).slice(2)).toEqual([
        { t: "change", id: 1, seq: 2, value: [...insert(1), ...insert(2)] },
        { t: "change", id: 1, seq: 3, value: insert(3) },
      ]);
      clock.advance(16);
      expect(clock.waiting).toBe(0);
    });

    test("two watchers of one topic have their own numbers", async () => {
      const params = (roomId: string) => ({ roomId: roomId as RoomId });
      page.post({ t: "subscribe", id: 1, topic: "timeline", params: params("!a:x") });
      page.post({ t: "subscribe", id: 2, topic: "timeline", params: params("!b:x") });
      await settled();
      core.watchers[1]?.emit({ items: [], older: "exhausted" } as never);
      expect((await settled()).slice(2)).toEqual([
        { t: "change", id: 2, seq: 1, value: { items: [], older: "exhausted" } },
      ]);
      expect(core.watchers.map((watcher) => watcher.params)).toEqual([params("!a:x"), params("!b:x")]);
    });

    test("after unsubscribe the source is stopped and nothing more comes, not even what waited", async () => {
      page.post({ t: "subscribe", id: 1, topic: "session", params: null });
      await settled();
      core.emit("session", core.snapshots.session);
      core.emit("session", core.snapshots.session); // waits for the end of the frame
      page.post({ t: "unsubscribe", id: 1 });
      await settled();
      core.emit("session", core.snapshots.session);
      clock.advance(100);
      expect((await settled()).map((frame) => frame.t)).toEqual(["snapshot", "change"]);
      expect(core.watchers[0]?.isStopped).toBe(true);
      expect(clock.waiting).toBe(0);
    });

    test("a topic that cannot be opened fails alone; its number can be used again", async () => {
      const failure = { kind: "storage", message: "disk", problem: "damaged" } as const;
      core.failingTopics.set("outbox", new FailureError(failure));
      page.post({ t: "subscribe", id: 1, topic: "outbox", params: null });
      page.post({ t: "unsubscribe", id: 1 });
      page.post({ t: "subscribe", id: 1, topic: "settings", params: null });
      expect(await frames(2)).toMatchObject([
        { t: "failure", id: 1, failure },
        { t: "snapshot", id: 1, seq: 0 },
      ]);
    });

    test("a subscription number in use is not given twice", async () => {
      page.post({ t: "subscribe", id: 1, topic: "session", params: null });
      page.post({ t: "subscribe", id: 1, topic: "outbox", params: null });
      expect((await settled()).map((frame) => frame.t)).toEqual(["snapshot"]);
      expect(core.watchers.map(({ topic }) => topic)).toEqual(["session"]);
    });

    test("when the page leaves, its sources stop and late answers go nowhere; the next page starts anew", async () => {
      const slow = Promise.withResolvers<void>();
      core.answers.set("signOut", () => slow.promise);
      page.post({ t: "subscribe", id: 1, topic: "session", params: null });
      page.post({ t: "call", id: 2, method: "signOut", params: {} });
      await settled();
      await page.leave();
      await expect.poll(() => core.watchers[0]?.isStopped).toBe(true);
      const next = await host.openPage();
      next.post({ t: "hello", version: CONTRACT_VERSION });
      await frames(1, next);
      slow.resolve();
      core.emit("session", core.snapshots.session);
      clock.advance(100);
      next.post({ t: "subscribe", id: 1, topic: "session", params: null });
      expect((await frames(2, next)).slice(1)).toMatchObject([{ t: "snapshot", id: 1, seq: 0 }]);
      expect(next.frames).toHaveLength(2);
    });
  });
}
