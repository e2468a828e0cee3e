import type {
  DeviceId,
  EventId,
  MxcUri,
  RoomId,
  StagedId,
  TransactionId,
  UserId,
} from "../../../preload/contract/ids.ts";
import type { Failure } from "../../../preload/contract/models/failure.ts";
import { objectOf, stringOf, type JsonObject } from "../event.ts";
import { fakePlatform, manualClock, type ManualClock } from "../fake-platform.ts";
import type { Upload } from "./uploads.ts";
import { aborted, failed, ok, type Result } from "../failure.ts";
import { openDatabase, type Database } from "../store/database.ts";
import { cacheMigrations, keptMigrations } from "../store/migrations.ts";
import type { Attempt } from "./attempt.ts";
import cacheSql from "./queue.model.sql?raw";
import { createSending, type Sending, type SendingSession } from "./sending.ts";

// The send queue with a server of paper: tests see each request and decide when and how it is answered.
// Test support: nothing of the product imports it.

export const us = "@us:dunlin.test" as UserId;
export const roomA = "!a:dunlin.test" as RoomId;
export const roomB = "!b:dunlin.test" as RoomId;
export const failure = (kind: Failure["kind"], more: Partial<Failure> = {}): Failure => ({
  ...{ kind, message: kind },
  ...more,
});

/** A request on the wire. */
export interface Put {
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  readonly body: string;
  readonly eventType: string;
  readonly content: JsonObject;
  /** Since the rig was made, ms. */
  readonly at: number;
  readonly isAborted: () => boolean;
  /** The server takes it and answers. */
  accept(eventId?: string): Promise<void>;
  fail(failure: Failure): Promise<void>;
}

/** A file on its way to the server. */
export interface PutFile extends Upload {
  /** How much has left, 0…1. */
  progress(fraction: number): Promise<void>;
  readonly isAborted: () => boolean;
  accept(mxc?: string): Promise<void>;
  fail(failure: Failure): Promise<void>;
}

export interface RigOptions {
  readonly profile?: { readonly cache: Database; readonly kept: Database };
  readonly clock?: ManualClock;
  readonly keptPages?: number;
}

export class Rig {
  readonly clock: ManualClock;
  readonly profile: { readonly cache: Database; readonly kept: Database };
  readonly sending: Sending;
  readonly puts: Put[] = [];
  readonly files: PutFile[] = [];
  /** How often rows have left. */
  left = 0;
  readonly unauthorized: Failure[] = [];
  /** What was told of the disk: failures, and null when it works again. */
  readonly storage: (Failure | null)[] = [];
  session: SendingSession | null = { userId: us, deviceId: "FIRST" as DeviceId };
  #made = 0;

  constructor({ profile, clock, keptPages }: RigOptions = {}) {
    const platform = fakePlatform({ clock: (this.clock = clock ?? manualClock()) });
    platform.cleanUp();
    const files = {
      path: ":memory:",
      synchronous: "NORMAL",
      clock: platform.clock,
      log: platform.log,
    } as const;
    this.profile = profile ?? {
      cache: openDatabase({ ...files, migrations: cacheMigrations }),
      kept: openDatabase({
        ...files,
        migrations: keptMigrations,
        ...(keptPages === undefined ? {} : { maxPages: keptPages }),
      }),
    };
    if (profile === undefined) this.#cacheStatement("setNextBatch").run({});
    this.sending = createSending({
      platform,
      store: this.profile,
      publish: () => {},
      session: () => this.session,
      put: (attempt, signal) => this.#put(attempt, signal),
      putFile: (upload, signal, onProgress) => this.#putFile(upload, signal, onProgress),
      onLeft: () => void (this.left += 1),
      roomName: (roomId) => `name of ${roomId}`,
      onUnauthorized: (reason) => void this.unauthorized.push(reason),
      onStorage: (reason) => void this.storage.push(reason),
    });
  }

  /** The app is killed and started again: memory is gone, the disk is there. Nothing starts by itself. */
  restarted(): Rig {
    void this.sending.stop();
    return new Rig({ profile: this.profile, clock: this.clock });
  }

  type(roomId: RoomId, ...bodies: string[]): TransactionId[] {
    return bodies.map((body) => {
      const transactionId = `transaction-${body}-${this.#made++}` as TransactionId;
      this.sending.enqueue({ roomId, transactionId, content: { msgtype: "m.text", body } });
      return transactionId;
    });
  }

  /** A message with a file, and with a thumbnail where one is named. */
  attach(roomId: RoomId, body: string, thumbnail?: string): TransactionId {
    const transactionId = `transaction-${body}-${this.#made++}` as TransactionId;
    const id = (name: string): StagedId => `staged-${name}` as StagedId;
    this.sending.enqueue({
      ...{ roomId, transactionId, content: { msgtype: "m.image", body, filename: "a.png", info: { w: 1 } } },
      uploads: [
        { role: "file", stagedId: id(body) },
        ...(thumbnail === undefined ? [] : [{ role: "thumbnail" as const, stagedId: id(thumbnail) }]),
      ],
    });
    return transactionId;
  }

  /** Requests not answered yet. */
  open(): readonly Put[] {
    return this.puts.filter((put) => !this.#answered.has(put));
  }
  bodies(): string[] {
    return this.puts.map(({ body }) => body);
  }
  /** How each row of the room stands, for example `a:queued` or `b:unsent behind`. */
  states(roomId: RoomId): string[] {
    return this.sending.rows(roomId).map(({ content, send }) => {
      const why = send.state === "unsent" ? ` ${send.reason.code}` : "";
      return `${String(content.body)}:${send.state}${why}`;
    });
  }
  /** A sync brings the event. */
  async echo(
    put: Put,
    eventId: string,
    transactionId: TransactionId | null = put.transactionId,
  ): Promise<void> {
    this.#cacheStatement("insertEvent").run({
      ...{ id: eventId, roomId: put.roomId, sender: us, transactionId, type: put.eventType },
      relatesTo: stringOf(objectOf(put.content, "m.relates_to"), "event_id"),
      relType: stringOf(objectOf(put.content, "m.relates_to"), "rel_type"),
      raw: JSON.stringify({ content: put.content }),
    });
    this.#cacheStatement("insertPlace").run({ id: eventId, roomId: put.roomId });
    this.sending.settle([put.roomId]);
    this.sending.wake("synced");
    await this.clock.advance(0);
  }
  /** A limited sync opens a gap in the room. */
  openGap(roomId: RoomId): void {
    this.#cacheStatement("insertSegment").run({ roomId });
    this.sending.settle([roomId]);
  }

  #cacheStatement(name: string) {
    return this.profile.cache.statements(cacheSql)<object>(name);
  }

  readonly #answered = new Set<Put>();
  #put({ roomId, transactionId, eventType, content }: Attempt, signal: AbortSignal) {
    return new Promise<Result<{ eventId: EventId }>>((resolve) => {
      const answer = async (result: Result<{ eventId: EventId }>): Promise<void> => {
        this.#answered.add(put);
        resolve(result);
        await this.clock.advance(0);
      };
      const put: Put = {
        ...{ roomId, transactionId, eventType, content, at: this.clock.monotonic() },
        body: String(content["body"]),
        isAborted: () => signal.aborted,
        accept: (eventId = `$${String(content["body"])}`) => answer(ok({ eventId: eventId as EventId })),
        fail: (reason) => answer(failed(reason)),
      };
      signal.addEventListener("abort", () => void answer(failed(aborted)));
      this.puts.push(put);
    });
  }

  #putFile(upload: Upload, signal: AbortSignal, onProgress: (fraction: number) => void) {
    return new Promise<Result<MxcUri>>((resolve) => {
      const answer = async (result: Result<MxcUri>): Promise<void> => {
        resolve(result);
        await this.clock.advance(0);
      };
      this.files.push({
        ...upload,
        isAborted: () => signal.aborted,
        async progress(fraction) {
          onProgress(fraction);
          await Promise.resolve();
        },
        accept: (mxc = `mxc://dunlin.test/${upload.stagedId}`) => answer(ok(mxc as MxcUri)),
        fail: (reason) => answer(failed(reason)),
      });
      signal.addEventListener("abort", () => void answer(failed(aborted)));
    });
  }
}
