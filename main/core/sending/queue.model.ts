import type {
  DeviceId,
  EventId,
  MxcUri,
  RoomId,
  StagedId,
  TransactionId,
  UserId,
} from "../../../preload/contract/ids.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";
import type { Failure } from "../../../preload/contract/models/failure.ts";
import type { UnsentReason } from "../../../preload/contract/models/timeline.ts";
import { seededRandom } from "../fake-platform.ts";
import { failed, FailureError, ok, type Result } from "../failure.ts";
import type { Random } from "../platform.ts";
import { begin, finish, type Attempt } from "./attempt.ts";
import { finishUpload, neededUploads, type Upload } from "./uploads.ts";
import { enqueue } from "./enqueue.ts";
import { parseContent } from "./parse-content.ts";
import type { Queue } from "./queue.ts";
import { Crash, US, type ModelStore, type Row } from "./queue.model-store.ts";
import { ModelServer, type ServerEvent, type SyncAnswer } from "./queue.model-server.ts";
import { attemptedRooms, settle, settleHidden } from "./settle.ts";
import { editMessage, react, redactMessage, sendReply } from "./relate.ts";
import { relationOf, threadIn, UNSENT_ROOT, UNSENT_TARGET } from "./relation.ts";
import { sendInThread } from "./thread.ts";
import { isBeneath, threadComplaint, wordings, type Typed } from "./queue.model-typed.ts";
import { edit, remove, retry, retryAll } from "./user-actions.ts";

// The send queue's own steps under random histories: lost answers, late requests, limited syncs, servers that leave
// transaction ids out, refusals, the user's hand, a cache rebuilt, another device, and a crash at every commit.
// Grown from a model that refuted two plausible rules before the queue was written (architecture.md, Appendix B).

const OTHER = "@other:x" as UserId;
const ROOMS = ["!a" as RoomId, "!b" as RoomId];
const HOUR = 3_600_000;

/** Rules that can be broken on purpose, to show that the model would notice. */
export type Break =
  | "leave on echo only"
  | "no look at the answer"
  | "leave at the gap"
  | "leave without a place"
  | "a gap is none where places were forgotten"
  | "go on after giving up"
  | "edit keeps the id"
  | "dependents go on without their message"
  | "events do not wait for their files"
  | "replies leave their thread";

class Broken extends Error {}

interface Flight {
  readonly attempt: Attempt | Upload;
  readonly deviceId: DeviceId;
  verdict: { readonly eventId: EventId } | { readonly mxc: MxcUri } | { readonly failure: Failure } | null;
}

export interface HistoryOptions {
  readonly steps?: number;
  readonly breaks?: Break;
  /** Filled with the situations the history came through, to show that the histories are not tame. */
  readonly met?: Set<string>;
}

/** Plays one history. Null when all held; else what broke, with the steps that led there. */
export function playHistory(store: ModelStore, seed: number, options: HistoryOptions = {}): string | null {
  const history = new History(store, seed, options);
  try {
    history.play();
    return null;
  } catch (error) {
    const what =
      error instanceof Error ? (error instanceof Broken ? error.message : (error.stack ?? "")) : "";
    return `seed ${seed}: ${what}\n${history.told.join("\n")}`;
  }
}

class History {
  readonly told: string[] = [];
  readonly #store: ModelStore;
  readonly #queue: Queue;
  readonly #server = new ModelServer();
  readonly #chance: Random;
  readonly #omits: boolean;
  readonly #options: HistoryOptions;
  readonly #typed: Typed[] = [];
  readonly #flights = new Map<RoomId, Flight>();
  /** Files whose upload has been written down. */
  readonly #uploaded = new Set<StagedId>();
  /** Requests whose sender no longer waits; they may still arrive. */
  #late: Flight[] = [];
  #polling: SyncAnswer | null = null;
  #since = 0;
  /** Events with their place in the timeline. */
  readonly #cached = new Set<EventId>();
  /** Events that somebody had a look at, without a place. */
  readonly #glimpsed = new Set<EventId>();
  /** Rooms whose places were forgotten, with nothing placed since. */
  readonly #emptied = new Set<RoomId>();
  #made = 0;
  #epochs = 0;
  /** The cache was rebuilt, and no sync has told since what the rooms are. */
  #isUnknown = false;
  #isCalm = false;

  constructor(store: ModelStore, seed: number, options: HistoryOptions) {
    store.reset(seed);
    this.#store = store;
    this.#queue = store.queue;
    this.#options = options;
    this.#chance = seededRandom(seed * 7919 + 1);
    this.#omits = this.#roll(3) === 0;
  }

  play(): void {
    const steps = this.#options.steps ?? 12 + this.#roll(48);
    for (let i = 0; i < steps; i++) {
      const act = this.#pick(acts);
      // There is seldom something to retry: where there is, a crash is likely.
      if (this.#roll(act === "retryOne" ? 2 : 12) === 0) this.#store.crashIn = this.#roll(6);
      this.told.push(act);
      this.#guarded(() => this[act]());
      this.#store.crashIn = null;
      if (!unseen.has(act)) this.#look();
    }
    this.#calmDown();
    this.#judge();
  }

  // What may happen.

  typeOne(): void {
    const roomId = this.#pick(ROOMS);
    const body = `m${this.#made}`;
    const transactionId = `t${this.#made++}` as TransactionId;
    const message = { roomId, transactionId, ...this.#said(body) };
    this.#guarded(() => enqueue(this.#queue, message));
    // After a crash the composer still has the text, and repeats itself.
    enqueue(this.#queue, message);
    const row = this.#rows().find((each) => each.transactionId === transactionId);
    if (row === undefined) throw new Broken(`${body} was acknowledged and is not on disk`);
    this.#typed.push({
      ...{ seq: row.seq, roomId, transactionId, body, of: null, old: [] },
      ...fresh,
    });
  }

  /** Words, or a file with or without a thumbnail. */
  #said(body: string): Pick<Parameters<typeof enqueue>[1], "content" | "uploads"> {
    const dice = this.#roll(6);
    if (dice > 1) return { content: { msgtype: "m.text", body } };
    const upload = (role: "file" | "thumbnail") => ({ role, stagedId: `${role} of ${body}` as StagedId });
    const uploads = [upload("file"), ...(dice === 0 ? [upload("thumbnail")] : [])];
    return { content: { msgtype: "m.image", body, needs: uploads.map(({ role }) => role) }, uploads };
  }

  /** The user forwards a message that still waits with its files: the same files, under words of their own here. */
  forwardOne(): void {
    const files = this.#rows().filter(
      (row) => neededUploads(this.#queue, row.roomId, row.transactionId).length > 0,
    );
    const row = files[this.#roll(files.length)];
    const content = row === undefined ? null : parseContent("m.room.message", row.content);
    if (row === undefined || content === null) return;
    const roomId = this.#pick(ROOMS);
    const body = `m${this.#made}`;
    const transactionId = `t${this.#made++}` as TransactionId;
    const { "m.relates_to": _place, ...rest } = content;
    const uploads = neededUploads(this.#queue, row.roomId, row.transactionId);
    const message = { roomId, transactionId, content: { ...rest, body }, uploads };
    this.#guarded(() => enqueue(this.#queue, message));
    enqueue(this.#queue, message);
    const copy = this.#rows().find((each) => each.transactionId === transactionId);
    if (copy === undefined) throw new Broken(`${body} was acknowledged and is not on disk`);
    this.#typed.push({ seq: copy.seq, roomId, transactionId, body, of: null, old: [], ...fresh });
    this.#options.met?.add("forwarded with its files");
  }

  /** The user answers, edits, deletes or reacts to one of the messages, wherever it is now. */
  relateOne(): void {
    const there = this.#typed.filter(
      ({ isRemoved, of }) => !isRemoved && (of === null || of.how === "thread"),
    );
    if (there.length === 0) return;
    const message = this.#pick(there);
    const how = this.#pick(hows);
    const body = `m${this.#made}`;
    const transactionId = `t${this.#made++}` as TransactionId;
    const { roomId } = message;
    const before = this.#rows();
    const target = this.#named(message, before);
    const act = {
      roomId,
      transactionId,
      target,
      content: { msgtype: "m.text", body },
      key: body,
      reason: body,
    };
    const row = this.#doneOnce(act, before, () => void steps[how](this.#queue, act));
    if (row === undefined) return;
    const of = { message, how, answers: null };
    this.#typed.push({ seq: row.seq, roomId, transactionId, of, body, old: [], ...fresh });
  }

  /** The user writes into the thread of one of the messages, perhaps as an answer within it. */
  threadOne(): void {
    const there = this.#typed.filter(({ isRemoved }) => !isRemoved);
    const roots = there.filter(({ of }) => of === null);
    if (roots.length === 0) return;
    const root = this.#pick(roots);
    const within = there.filter(({ of }) => of?.how === "thread" && of.message === root);
    const answers = this.#roll(2) === 0 ? this.#pick([root, ...within]) : null;
    const body = `m${this.#made}`;
    const transactionId = `t${this.#made++}` as TransactionId;
    const { roomId } = root;
    const before = this.#rows();
    const replyTo = answers === null ? null : this.#named(answers, before);
    const act = { roomId, transactionId, thread: this.#named(root, before), replyTo, ...this.#said(body) };
    const row = this.#doneOnce(act, before, () => void sendInThread(this.#queue, act));
    if (row === undefined) return;
    if (row.dependsOn !== null) this.#options.met?.add("thread on what is not sent");
    if (row.content.includes(UNSENT_ROOT)) this.#options.met?.add("answer in a thread that waits");
    const of = { message: root, how: "thread", answers } as const;
    this.#typed.push({ seq: row.seq, roomId, transactionId, of, body, old: [], ...fresh });
  }

  /** A message as the renderer names it. */
  #named(message: Typed, rows: readonly Row[]): { eventId: null; transactionId: TransactionId } {
    const mine = rows.find(({ seq }) => seq === message.seq);
    return { eventId: null, transactionId: mine?.transactionId ?? message.transactionId };
  }

  /** An act upon other messages, asked for until it is acknowledged, sometimes once more; its row. */
  #doneOnce(
    { roomId, transactionId }: { roomId: RoomId; transactionId: TransactionId },
    before: readonly Row[],
    step: () => void,
  ): Row | undefined {
    this.#noteRisk(roomId);
    const isAcknowledged = this.#acknowledged(step);
    // After a crash the renderer asks again: it is the same act.
    if (!isAcknowledged && !this.#acknowledged(step)) return undefined;
    if (this.#roll(3) === 0) step();
    this.#reconcile(before);
    return this.#rows().find((each) => each.transactionId === transactionId);
  }

  /** False when a crash came, or when there was nothing to do it to. */
  #acknowledged(step: () => void): boolean {
    let isDone = false;
    try {
      this.#guarded(() => {
        step();
        isDone = true;
      });
    } catch (error) {
      // Gone, or edited under another id: the renderer shows the new one by then.
      if (!(error instanceof FailureError) || error.failure.kind !== "invalid") throw error;
    }
    return isDone;
  }

  /** What an act of the user did to rows that were there before it. */
  #reconcile(before: readonly Row[]): void {
    const now = this.#rows();
    for (const row of before) {
      const message = this.#typed.find(({ seq }) => seq === row.seq);
      const after = now.find(({ seq }) => seq === row.seq);
      if (message === undefined) continue;
      if (after === undefined) {
        if (this.#queue.rows.settledByTransaction.get(row)?.outcome !== "deleted") continue;
        message.isRemoved = true;
        message.mayHaveArrived = row.mayHaveArrived === 1;
        continue;
      }
      const body = bodyOf(after);
      if (body === null || body === message.body) continue;
      message.old.push({ body: message.body, mayHaveArrived: row.mayHaveArrived === 1 });
      message.body = body;
      message.isUnreadable = false;
      message.mayDouble = false;
    }
  }

  repeatRequest(): void {
    const own = this.#typed.filter(({ of }) => of === null);
    if (own.length === 0) return;
    const { roomId, transactionId, body } = this.#pick(own);
    enqueue(this.#queue, { roomId, transactionId, content: { msgtype: "m.text", body } });
  }

  hand(roomId = this.#pick(ROOMS)): void {
    const attempt = this.#begin(roomId);
    if (attempt === null) return;
    if (this.#isUnknown) throw new Broken(`sent into ${roomId} before it was known whether it is encrypted`);
    if (this.#flights.has(roomId)) throw new Broken(`two in flight in ${roomId}`);
    if (attempt.kind === "upload") this.#noteUpload(attempt);
    this.#flights.set(roomId, { attempt, deviceId: this.#store.deviceId, verdict: null });
  }

  #begin(roomId: RoomId): Attempt | Upload | null {
    const step = begin(this.#queue, roomId);
    if (step?.kind !== "upload" || this.#options.breaks !== "events do not wait for their files") return step;
    this.#queue.rows.markUploaded.all({ ...step, mxc: "mxc://x/none" as MxcUri });
    this.#queue.inFlight.delete(step.seq);
    return this.#begin(roomId);
  }

  arrive(roomId = this.#pick(ROOMS)): void {
    const flight = this.#flights.get(roomId);
    if (flight === undefined || flight.verdict !== null) return;
    const dice = this.#isCalm ? 9 : this.#roll(10);
    if (dice === 0) flight.verdict = { failure: { kind: "rejected", message: "M_FORBIDDEN", status: 403 } };
    else if (dice === 1) flight.verdict = { failure: { kind: "limited", message: "429", retryAfterMs: 100 } };
    else flight.verdict = this.#taken(flight);
  }

  #taken({ attempt, deviceId }: Flight): { eventId: EventId } | { mxc: MxcUri } {
    if (attempt.kind === "event") return { eventId: this.#take(attempt, deviceId) };
    return { mxc: this.#server.upload(attempt.stagedId) };
  }

  /** A file of which it is known that the server has it is not brought again (ATT-03). */
  #noteUpload({ stagedId }: Upload): void {
    if (this.#uploaded.has(stagedId)) throw new Broken(`${stagedId} is uploaded although it has been`);
    this.#options.met?.add("upload");
  }

  arriveLate(): void {
    const [flight, ...rest] = this.#late;
    if (flight === undefined) return;
    this.#late = rest;
    this.#taken(flight);
  }

  answer(roomId = this.#pick(ROOMS)): void {
    const flight = this.#flights.get(roomId);
    const verdict = flight?.verdict ?? null;
    if (verdict === null) return;
    if ("mxc" in verdict) this.#landUpload(roomId, ok(verdict.mxc));
    else if ("failure" in verdict) this.#fail(roomId, verdict.failure);
    else this.#land(roomId, ok(verdict));
  }

  fail(): void {
    const roomId = this.#pick(ROOMS);
    const flight = this.#flights.get(roomId);
    if (flight === undefined) return;
    const kinds: readonly Failure["kind"][] =
      flight.verdict === null
        ? ["offline", "timeout", "unavailable", "malformed", "certificate", "aborted", "unauthorized"]
        : ["timeout", "unavailable", "malformed", "aborted"];
    const kind = this.#pick(kinds);
    const isStillUnderWay = flight.verdict === null && ["timeout", "unavailable", "aborted"].includes(kind);
    if (isStillUnderWay) this.#late.push(flight);
    this.#fail(roomId, { kind, message: kind });
  }

  #fail(roomId: RoomId, failure: Failure): void {
    if (this.#flights.get(roomId)?.attempt.kind === "upload") this.#landUpload(roomId, failed(failure));
    else this.#land(roomId, failed(failure));
  }

  noise(): void {
    for (let i = 0; i <= this.#roll(4); i++) {
      const isOwn = this.#roll(3) === 0;
      // A hostile or broken server may tell us somebody else's event under our transaction id.
      const claims = !isOwn && this.#roll(4) === 0 && this.#typed.length > 0;
      this.#server.append({
        roomId: this.#pick(ROOMS),
        sender: isOwn ? US : OTHER,
        deviceId: claims ? "any" : "elsewhere",
        transactionId: claims ? this.#pick(this.#typed).transactionId : null,
        body: "noise",
        ...{ target: null, thread: null },
      });
    }
  }

  poll(): void {
    this.#polling ??= this.#server.sync(ROOMS, this.#since, 1 + this.#roll(3));
  }

  synced(): void {
    const answer = this.#polling;
    if (answer === null) return;
    this.#polling = null;
    this.#store.cache.transaction(() => {
      for (const { roomId, events, isLimited } of answer.rooms) {
        if (isLimited) this.#openGap(roomId);
        events.forEach((event) => this.#cache(event));
      }
      this.#since = answer.since;
      this.#store.setNextBatch.run({});
      this.#isUnknown = false;
    });
    this.#settle(ROOMS);
    if (this.#options.breaks !== "leave on echo only") settleHidden(this.#queue);
  }

  #openGap(roomId: RoomId): void {
    if (this.#options.breaks === "a gap is none where places were forgotten" && this.#emptied.has(roomId))
      return;
    if (
      this.#emptied.has(roomId) &&
      this.#rows().some((row) => row.roomId === roomId && row.state === "sent")
    )
      this.#options.met?.add("a gap where places were forgotten");
    this.#store.insertSegment.run({ roomId });
  }

  /** Somebody is no longer ignored: the room is to be read again, and nothing of it has its place any more. */
  readAgain(): void {
    const roomId = this.#pick(ROOMS);
    this.#store.cache.transaction(() => {
      this.#store.forgetPlacesOf.run({ roomId });
      this.#store.insertSegment.run({ roomId });
      for (const { id } of this.#server.log.filter((event) => event.roomId === roomId))
        if (this.#cached.delete(id)) this.#glimpsed.add(id);
      this.#emptied.add(roomId);
    });
    this.#settle([roomId]);
  }

  backfill(): void {
    const roomId = this.#pick(ROOMS);
    const hidden = this.#server.log.filter(
      (event, at) => event.roomId === roomId && at < this.#since && !this.#cached.has(event.id),
    );
    this.#store.cache.transaction(() => hidden.slice(-2).forEach((event) => this.#cache(event)));
    this.#settle([roomId]);
  }

  /** Somebody jumps to a message: what is around it comes beside the timeline, also what no sync has told yet. */
  glimpse(): void {
    const roomId = this.#pick(ROOMS);
    const inRoom = this.#server.log.filter((event) => event.roomId === roomId);
    const at = this.#roll(inRoom.length);
    this.#store.cache.transaction(() => {
      for (const event of inRoom.slice(at, at + 3)) {
        if (this.#cached.has(event.id)) continue;
        this.#store.insertEvent.run(this.#told(event));
        this.#glimpsed.add(event.id);
        if (this.#options.breaks === "leave without a place") this.#store.insertPlace.run(event);
      }
    });
    const waiting = this.#rows().filter(({ state }) => state !== "sent");
    if (this.#roll(2) === 0) this.#settle([roomId]);
    for (const { seq } of waiting)
      if (this.#rows().some((row) => row.seq === seq && row.state === "sent"))
        this.#options.met?.add("known to be sent by a glimpse");
  }

  crash(): void {
    throw new Crash();
  }

  pass(): void {
    void this.#store.clock.jump(this.#roll(120) * 1000);
  }

  sleepLong(): void {
    if (this.#flights.size > 0 || this.#roll(3) > 0) return;
    // No request is under way for a day.
    this.#late = [];
    this.#store.clock.jump((20 + this.#roll(10)) * HOUR);
  }

  changeDevice(): void {
    if (this.#roll(4) > 0) return;
    for (const roomId of [...this.#flights.keys()]) {
      this.#late.push(this.#flights.get(roomId)!);
      this.#fail(roomId, { kind: "aborted", message: "stopped" });
    }
    this.#store.deviceId = `D${this.#made}x${this.#epochs++}` as DeviceId;
  }

  rebuildCache(): void {
    if (this.#roll(4) > 0) return;
    this.#store.forgetCache(`E${++this.#epochs}`);
    this.#cached.clear();
    this.#glimpsed.clear();
    this.#emptied.clear();
    this.#isUnknown = true;
    this.#since = 0;
    this.#polling = null;
    this.#restart();
  }

  garble(): void {
    const message = this.#typed.find(
      (each) => each.of === null && this.#rows().some((row) => row.seq === each.seq),
    );
    if (message === undefined || this.#roll(4) > 0) return;
    if (this.#store.garble.run({ seq: message.seq }) > 0) message.isUnreadable = message.isOutOfOrder = true;
  }

  retryOne(): void {
    const parked = this.#rows().filter(({ state }) => state === "parked");
    const row = parked[this.#roll(parked.length)];
    if (row === undefined) return;
    this.#noteRisk(row.roomId);
    retry(this.#queue, row.roomId, row.transactionId);
  }

  retryEverything(): void {
    ROOMS.forEach((roomId) => this.#noteRisk(roomId));
    retryAll(this.#queue);
  }

  removeOne(): void {
    const row = this.#someRow();
    const message = this.#typed.find((each) => each.seq === row?.seq);
    if (row === undefined || message === undefined) return;
    const flight = this.#flights.get(row.roomId)?.attempt;
    const isFlying = flight?.kind === "event" && flight.seq === row.seq;
    const before = this.#rows();
    this.#guarded(() => remove(this.#queue, row.roomId, row.transactionId));
    const isGone = !this.#rows().some((each) => each.seq === row.seq);
    // After a crash its echo may have been what took it.
    if (!isGone || this.#queue.rows.settledByTransaction.get(row)?.outcome !== "deleted") return;
    if (isFlying && this.#flights.has(row.roomId)) throw new Broken("deleted what is on the wire");
    this.#reconcile(before);
  }

  editOne(): void {
    const row = this.#someRow();
    const message = this.#typed.find((each) => each.seq === row?.seq);
    if (row === undefined || message === undefined) return;
    if (message.of !== null && message.of.how !== "thread") return;
    const body = `m${this.#made++}`;
    this.#noteRisk(row.roomId);
    this.#guarded(() => edit(this.#queue, row.roomId, row.transactionId, { msgtype: "m.text", body }));
    const now = this.#rows().find((each) => each.seq === row.seq);
    if (now === undefined || bodyOf(now) !== body) return;
    if (this.#options.breaks === "edit keeps the id" && now.transactionId !== row.transactionId) {
      this.#queue.rows.replace.run({ ...now, transactionId: row.transactionId });
    }
    message.old.push({ body: message.body, mayHaveArrived: row.mayHaveArrived === 1 });
    message.body = body;
    message.isUnreadable = false;
    // Under a new id an older request no longer counts for this message.
    message.mayDouble = false;
  }

  // The machinery.

  #roll(n: number): number {
    return Math.floor(this.#chance.fraction() * n);
  }
  #pick<T>(from: readonly T[]): T {
    return from[this.#roll(from.length)]!;
  }
  #rows(): Row[] {
    return this.#store.allRows.all({});
  }
  #someRow(): Row | undefined {
    const rows = this.#rows();
    return rows[this.#roll(rows.length)];
  }

  /** A crash loses what is in memory and what is on its way to us; requests on the wire may still arrive. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      // The queue wraps what its disk throws.
      const isCrash = error instanceof Crash || (error instanceof Error && error.cause instanceof Crash);
      if (!isCrash) throw error;
      this.told.push("  (crash)");
      this.#late.push(...[...this.#flights.values()].filter(({ verdict }) => verdict === null));
      this.#polling = null;
      this.#restart();
    }
  }

  #restart(): void {
    this.#flights.clear();
    this.#store.forgetMemory();
    this.#settle(attemptedRooms(this.#queue));
  }

  #take(attempt: Attempt, deviceId: DeviceId): EventId {
    const { roomId, transactionId, content } = attempt;
    const { body, target } = saidBy(attempt.eventType, content);
    const isLeaving = this.#options.breaks === "replies leave their thread";
    const thread = isLeaving ? null : (threadIn(content)?.root ?? null);
    this.#judgeFiles(content, body);
    if (target === UNSENT_TARGET || thread === UNSENT_TARGET || thread === UNSENT_ROOT)
      throw new Broken(`${body} went out before what it speaks of`);
    return this.#server.put(
      { roomId, transactionId, deviceId, sender: US, body, target, thread },
      this.#store.clock.now(),
    );
  }

  /** Nobody gets a link to nothing (ATT-02): what an event links to is what the server was given for it. */
  #judgeFiles(content: JsonObject, body: string): void {
    const needs = Array.isArray(content["needs"]) ? (content["needs"] as unknown[]) : [];
    const given = { file: content["url"], thumbnail: objectOf(content, "info")["thumbnail_url"] };
    for (const role of needs as ("file" | "thumbnail")[]) {
      const stagedId = this.#server.files.get(String(given[role])) ?? "";
      if (!stagedId.startsWith(`${role} of m`)) throw new Broken(`${body} went out before its ${role}`);
    }
  }

  #landUpload(roomId: RoomId, result: Result<MxcUri>): void {
    const flight = this.#flights.get(roomId);
    if (flight?.attempt.kind !== "upload") return;
    const { attempt } = flight;
    this.#flights.delete(roomId);
    const message = this.#typed.find(({ seq }) => seq === attempt.seq);
    if (!result.ok && result.failure.kind === "rejected" && message !== undefined)
      message.isOutOfOrder = true;
    if (!this.#rows().some(({ seq }) => seq === attempt.seq))
      this.#options.met?.add("deleted while uploading");
    finishUpload(this.#queue, attempt, result, this.#effort());
    if (result.ok && this.#uploaded.has(attempt.stagedId)) this.#options.met?.add("two uploads of one file");
    if (result.ok) this.#uploaded.add(attempt.stagedId);
  }

  #effort() {
    return { waitedMs: this.#pick([0, 30, 200, 300]) * 1000, attemptMs: 20_000, run: 1 };
  }

  #cache(event: ServerEvent): void {
    this.#store.insertEvent.run(this.#told(event));
    this.#store.insertPlace.run(event);
    this.#cached.add(event.id);
    this.#emptied.delete(event.roomId);
  }

  #told({ id, roomId, sender, transactionId, deviceId, thread }: ServerEvent) {
    const isTold = deviceId === "any" || (!this.#omits && deviceId === this.#store.deviceId);
    return {
      ...{ id, roomId, sender, transactionId: isTold ? transactionId : null, raw: "{}" },
      ...{ type: "m.room.message", relatesTo: thread, relType: thread === null ? null : "m.thread" },
    };
  }

  #settle(roomIds: readonly RoomId[]): void {
    if (this.#options.breaks === "leave at the gap") {
      settle(this.#queue, roomIds);
      for (const entry of this.#queue.hidden.values()) (entry as { syncs: number }).syncs = 9;
    }
    settle(this.#queue, roomIds);
  }

  #land(roomId: RoomId, result: Result<{ eventId: EventId }>): void {
    const { attempt } = this.#flights.get(roomId)!;
    if (attempt.kind !== "event") throw new Error("an upload does not land as an event");
    this.#flights.delete(roomId);
    const effort = this.#effort();
    const message = this.#typed.find(({ seq }) => seq === attempt.seq);
    if (!result.ok && result.failure.kind === "rejected" && message !== undefined)
      message.isOutOfOrder = true;
    if (result.ok && this.#options.breaks === "no look at the answer") {
      this.#queue.inFlight.delete(attempt.seq);
      return void this.#queue.rows.markSent.run({ seq: attempt.seq, eventId: result.value.eventId });
    }
    finish(this.#queue, attempt, result, effort);
    this.#breakDependents(roomId);
    if (this.#options.breaks === "go on after giving up") {
      const row = this.#rows().find(({ seq }) => seq === attempt.seq);
      if (row?.reason?.includes("gave-up") === true) {
        for (const later of this.#rows()) {
          if (later.roomId === roomId && later.reason?.includes("behind") === true) {
            this.#queue.rows.requeue.run({ seq: later.seq, now: this.#store.clock.now() });
          }
        }
      }
    }
  }

  #breakDependents(roomId: RoomId): void {
    for (const row of this.#rows()) {
      if (row.roomId !== roomId || row.dependsOn === null) continue;
      if (this.#options.breaks === "dependents go on without their message" && row.state === "parked") {
        this.#queue.rows.pointAt.run({ seq: row.seq, content: row.content, dependsOn: null });
        this.#queue.rows.requeue.run({ seq: row.seq, now: this.#store.clock.now() });
      }
    }
  }

  #noteRisk(roomId: RoomId): void {
    for (const row of this.#rows()) {
      if (row.roomId !== roomId || row.reason?.includes('"uncertain"') !== true) continue;
      for (const message of this.#typed) if (message.seq === row.seq) message.mayDouble = true;
    }
  }

  /** A message speaks of the event its target became, whatever that was called in between. */
  #judgeTarget(message: Typed, at: number): void {
    if (message.of === null) return;
    const { target } = this.#server.log[at]!;
    const { message: meant, how } = message.of;
    if (how === "thread") {
      const complaint = threadComplaint(message, at, this.#server.log);
      if (complaint !== null) throw new Broken(complaint);
      return;
    }
    const answered = this.#server.log.findIndex(({ id }) => id === target);
    if (target === null && how === "reply" && meant.isRemoved) return;
    const isMeant = answered >= 0 && wordings(meant).includes(this.#server.log[answered]!.body);
    if (!isMeant || answered > at) throw new Broken(`${message.body} speaks of another message`);
  }

  /** What the user sees at this moment. */
  #look(): void {
    const rows = this.#rows();
    this.#note(rows);
    for (const message of this.#typed) {
      const row = rows.find(({ seq }) => seq === message.seq);
      const events = this.#server.log.filter(({ body }) => body === message.body);
      const shown = events.filter(({ id }) => this.#cached.has(id));
      if (row === undefined && !message.isRemoved) this.#expectSomewhere(message, events);
      if (row === undefined || shown.length === 0 || message.mayDouble) continue;
      // Without transaction ids in sync, and for events of another device, two rows may show until the answer.
      const isUnanswered = row.state !== "sent";
      const isNamed = !this.#omits && shown.some(({ deviceId }) => deviceId === this.#store.deviceId);
      const isForgivable = isUnanswered && !isNamed;
      if (!isForgivable) throw new Broken(`${message.body} is on screen twice`);
    }
  }

  #note(rows: readonly Row[]): void {
    const { met } = this.#options;
    if (met === undefined) return;
    for (const { reason } of rows) if (reason !== null) met.add((JSON.parse(reason) as UnsentReason).code);
    if (this.#queue.hidden.size > 0) met.add("hidden by a gap");
    if (rows.some(({ state, eventId }) => state === "sent" && this.#glimpsed.has(eventId!)))
      met.add("sent and waits for its place");
    if (this.#typed.some(({ old }) => old.some(({ mayHaveArrived }) => mayHaveArrived)))
      met.add("edited late");
    if (this.#typed.some(({ isRemoved, mayHaveArrived }) => isRemoved && mayHaveArrived))
      met.add("deleted late");
    if (this.told.at(-1) === "  (crash)") met.add(`crash in ${this.told.at(-2)}`);
  }

  #expectSomewhere(message: Typed, events: readonly ServerEvent[]): void {
    const at = (id: EventId): number => Number(id.slice(1));
    if (events.some(({ id }) => this.#cached.has(id) || at(id) < this.#since)) return;
    // A thread shows its messages also without a place.
    if (events.some(({ id, thread }) => thread !== null && this.#glimpsed.has(id))) return;
    // A rebuilt cache is filled by the first sync.
    if (events.length > 0 && this.#since === 0) return;
    throw new Broken(`${message.body} has vanished`);
  }

  /** The network is good, the user resends what is unsent: everything must come to rest. */
  #calmDown(): void {
    this.told.push("-- calm");
    this.#isCalm = true;
    this.#late = [];
    for (let round = 0; round < 60; round++) {
      if (round % 4 === 0) this.retryEverything();
      for (const roomId of ROOMS) this.#sendAll(roomId);
      this.poll();
      this.synced();
      this.#look();
      const isQuiet = this.#flights.size === 0 && this.#since === this.#server.log.length;
      if (isQuiet && this.#rows().every((row) => this.#mayStay(row))) return;
    }
    throw new Broken(`stuck: ${JSON.stringify(this.#rows())}`);
  }

  /** What cannot be read, and what speaks of it. */
  #mayStay(row: Row): boolean {
    if (this.#typed.some(({ seq, isUnreadable }) => seq === row.seq && isUnreadable)) return true;
    const target = this.#rows().find(({ seq }) => seq === row.dependsOn);
    return target !== undefined && this.#mayStay(target);
  }

  #sendAll(roomId: RoomId): void {
    do {
      this.arrive(roomId);
      this.answer(roomId);
      this.hand(roomId);
    } while (this.#flights.has(roomId));
  }

  #judge(): void {
    const places = new Map<string, number[]>();
    this.#server.log.forEach(({ body }, at) => places.set(body, [...(places.get(body) ?? []), at]));
    const times = (body: string): number => places.get(body)?.length ?? 0;
    const last = new Map<RoomId, number>();
    for (const message of this.#typed) {
      for (const { body, mayHaveArrived } of message.old) {
        if (times(body) > 0 && !mayHaveArrived) throw new Broken(`${body} was edited away and arrived`);
      }
      const count = times(message.body);
      if (message.isRemoved) {
        if (count > 0 && !message.mayHaveArrived) throw new Broken(`${message.body} was deleted and arrived`);
        continue;
      }
      if (isBeneath(message, "isUnreadable")) continue;
      if (count === 0) throw new Broken(`${message.body} is lost`);
      if (message.mayDouble) continue;
      if (count > 1) throw new Broken(`${message.body} is doubled`);
      const at = places.get(message.body)![0]!;
      this.#judgeTarget(message, at);
      if (isBeneath(message, "isOutOfOrder")) continue;
      if (at < (last.get(message.roomId) ?? -1)) throw new Broken(`${message.body} is out of order`);
      last.set(message.roomId, at);
    }
  }
}

function bodyOf(row: Row): string | null {
  try {
    const content: unknown = JSON.parse(row.content);
    return isObject(content) ? saidBy(null, content).body : null;
  } catch {
    return null;
  }
}

/** The words of an event, unique in a history, and what it speaks of. */
function saidBy(eventType: string | null, content: JsonObject): { body: string; target: EventId | null } {
  const relation = objectOf(content, "m.relates_to");
  const key = stringOf(relation, "key");
  const words = stringOf(content, "reason") ?? key ?? stringOf(objectOf(content, "m.new_content"), "body");
  const answered = stringOf(objectOf(relation, "m.in_reply_to"), "event_id") as EventId | null;
  const related = eventType === null ? null : relationOf(eventType, content);
  return { body: words ?? String(content["body"]), target: related?.target ?? answered };
}

const fresh = {
  ...{ isRemoved: false, mayHaveArrived: false, isOutOfOrder: false, isUnreadable: false },
  mayDouble: false,
};
const steps = { reply: sendReply, edit: editMessage, redact: redactMessage, react } as const;
const hows = Object.keys(steps) as (keyof typeof steps)[];

/** How often each thing happens, relative to the others. */
const weights = {
  ...{ typeOne: 9, hand: 12, arrive: 12, answer: 9, fail: 6, arriveLate: 3, noise: 4, poll: 7, synced: 7 },
  ...{
    backfill: 2,
    glimpse: 3,
    readAgain: 1,
    crash: 1,
    pass: 2,
    sleepLong: 1,
    changeDevice: 1,
    rebuildCache: 1,
    garble: 1,
  },
  ...{ repeatRequest: 2, retryOne: 4, retryEverything: 1, removeOne: 2, editOne: 4 },
  ...{ relateOne: 8, threadOne: 4, forwardOne: 3 },
} as const;
const acts = Object.entries(weights).flatMap(([act, weight]) =>
  Array.from({ length: weight }, () => act as keyof typeof weights),
);
/** What happens far away changes nothing on screen. */
const unseen: ReadonlySet<string> = new Set(["arrive", "arriveLate", "noise", "poll", "pass"]);
