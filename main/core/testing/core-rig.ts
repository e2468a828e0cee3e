import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHomeserver, type Homeserver } from "../../../e2e/homeserver/index.ts";
import { filesWith as filesWithAny } from "../../../e2e/launch/files-with.ts";
import { CallRecord } from "../../../e2e/openapi/call-record.ts";
import { checkedFetch } from "../../../e2e/openapi/checked-fetch.ts";
import type { RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import type { Topic } from "../../../preload/contract/frames.ts";
import type { RoomSummary } from "../../../preload/contract/models/room.ts";
import type { EventItem } from "../../../preload/contract/models/timeline.ts";
import type { Topics } from "../../../preload/contract/topics.ts";
import type { AccountCore } from "../api.ts";
import { createCore } from "../core.ts";
import { fakePlatform, FakeSecrets, realClock, type FakePlatform } from "../fake-platform.ts";
import type { Clock } from "../platform.ts";
import { Recorder } from "./recorder.ts";

// The whole core as a host runs it: real files, real HTTP to the scriptable homeserver, topics watched as the renderer
// watches them. Test support: nothing of the product imports it.

export interface CoreOptions {
  /** Default: the machine's own. */
  readonly clock?: Clock;
  readonly profileDir?: string;
  readonly secrets?: FakeSecrets;
  /** Stands between the core and the network. */
  readonly fetch?: typeof globalThis.fetch;
}

/** One run of the core on one profile. */
export class CoreRig {
  readonly core: AccountCore;
  readonly platform: FakePlatform;
  readonly server: Homeserver;
  readonly #gate: { isCut: boolean };

  private constructor(
    server: Homeserver,
    core: AccountCore,
    platform: FakePlatform,
    gate: { isCut: boolean },
  ) {
    this.server = server;
    this.core = core;
    this.platform = platform;
    this.#gate = gate;
  }

  static async start(server: Homeserver, options: CoreOptions = {}): Promise<CoreRig> {
    const gate = { isCut: false };
    const network = checkedFetch(calls, options.fetch ?? globalThis.fetch);
    const platform = fakePlatform({
      clock: options.clock ?? realClock(),
      // Every run is another one: ids made from chance must differ.
      seed: ++runs,
      fetch: (input, init) =>
        gate.isCut ? Promise.reject(new TypeError("fetch failed")) : network(input, init),
      ...(options.profileDir === undefined ? {} : { profileDir: options.profileDir }),
      ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
    });
    try {
      const rig = new CoreRig(server, await createCore(platform), platform, gate);
      running.add(rig);
      return rig;
    } catch (error) {
      if (options.profileDir === undefined) platform.cleanUp();
      throw error;
    }
  }

  /** Signs in and waits for the first sync. */
  async signIn(user: string): Promise<this> {
    await this.core.handlers.signIn({ homeserver: this.server.baseUrl, user, password: "password" });
    await this.live();
    return this;
  }

  watch<T extends Topic>(topic: T, ...params: Topics[T]["params"] extends null ? [] : [Topics[T]["params"]]) {
    return new Recorder<T>(this.core, topic, params[0] ?? null);
  }

  /** Resolves when the core says that it is up to date. */
  async live(): Promise<void> {
    const connection = this.watch("connection");
    await connection.until(({ state }) => state === "live");
    connection.stop();
  }

  /**
   * Resolves when everything the server knows by now has been applied: a room of our own stream position cannot be
   * seen from outside, so one more event is sent to a room made for this and waited for.
   */
  async caughtUp(user: string): Promise<void> {
    const userId = this.server.world.user(user).userId;
    const mark = `#${++marks}`;
    const rooms = this.watch("roomList");
    const roomId = this.server.world.createRoom({ creator: userId, name: mark });
    await rooms.until((list) => list.some((room) => room.roomId === roomId));
    rooms.stop();
  }

  /** Queues a text as the composer does; answers its transaction id. */
  async type(roomId: string, body: string): Promise<TransactionId> {
    const transactionId = `t-${++marks}-${runs}` as TransactionId;
    await this.core.handlers.sendMessage({
      roomId: roomId as RoomId,
      transactionId,
      content: { msgtype: "m.text", body },
    });
    return transactionId;
  }

  /** The process ends in an orderly way; the profile stays. */
  async close(): Promise<void> {
    running.delete(this);
    await this.core.close();
  }

  /** Changes with everything that is written down. */
  get written(): string {
    const files = ["cache.db-wal", "kept.db-wal"].map((name) => join(this.platform.profileDir, name));
    return files.map((file) => (existsSync(file) ? statSync(file).size : 0)).join();
  }

  /** Ends in an orderly way and starts again on the same profile. */
  async restart(options: CoreOptions = {}): Promise<CoreRig> {
    await this.close();
    const { profileDir, secrets } = this.platform;
    return CoreRig.start(this.server, { profileDir, secrets, ...options });
  }

  /**
   * SIGKILL, now: what is on disk at this moment is what the next run finds. The files are copied in one synchronous
   * breath (no transaction is open between two of our own statements), log first, so that the copy is what the system
   * would have kept; the old run loses its network and goes on with files that no longer matter.
   */
  kill(): (options?: CoreOptions) => Promise<CoreRig> {
    this.#gate.isCut = true;
    return this.moment();
  }

  /** What a kill at this moment would leave, while this run goes on: the next run on it. */
  moment(): (options?: CoreOptions) => Promise<CoreRig> {
    const profileDir = mkdtempSync(join(tmpdir(), "dunlin-killed-"));
    moments.add(profileDir);
    copyProfile(this.platform.profileDir, profileDir);
    const secrets = new FakeSecrets();
    for (const [name, secret] of this.platform.secrets.stored) secrets.stored.set(name, secret);
    return (options: CoreOptions = {}) => CoreRig.start(this.server, { profileDir, secrets, ...options });
  }
}

let runs = 0;
let marks = 0;
const running = new Set<CoreRig>();
const servers = new Set<Homeserver>();
/** Profiles that kills have left, whether a run began on them or not. */
const moments = new Set<string>();
/** What all cores of a test asked for. */
let calls = new CallRecord();

/** A homeserver with these people, who log in as "ann" when their display name is "Ann"; `endAll` stops it. */
export async function homeserverWith(...displayNames: readonly string[]): Promise<Homeserver> {
  const server = await startHomeserver();
  servers.add(server);
  for (const displayName of displayNames) server.world.addUser(displayName.toLowerCase(), { displayName });
  return server;
}

/**
 * Ends all runs, removes their profiles and stops the homeservers; for `afterEach`. Throws when a core made a call that
 * is not valid.
 */
export async function endAll(): Promise<void> {
  for (const rig of [...running]) {
    await rig.close();
    rig.platform.cleanUp();
  }
  for (const dir of moments) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  moments.clear();
  for (const server of servers) await server.stop();
  servers.clear();
  const complaint = calls.complaint();
  calls = new CallRecord();
  if (complaint !== undefined) throw new Error(complaint);
}

function copyProfile(from: string, to: string): void {
  for (const name of ["cache.db-wal", "cache.db", "kept.db-wal", "kept.db"])
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name));
  for (const name of ["media", "staged"])
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name), { recursive: true });
}

/** Files of the profile, logs and copies included, that contain the phrase. */
export const filesWith = (profileDir: string, phrase: string): string[] => filesWithAny(profileDir, [phrase]);

/** Resolves when `isTrue` is; for what no topic tells (files on disk). Ended in vain by the runner. */
export async function eventually(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise<void>((resolve) => void realClock().after(10, resolve));
}

/** The texts of the messages in a timeline, in order. */
export const texts = (view: Topics["timeline"]["snapshot"]): string[] =>
  view.items.flatMap((item) => (item.kind === "message" ? [item.body.text] : []));

export const eventsOf = (view: Topics["timeline"]["snapshot"]): EventItem[] =>
  view.items.filter(
    (item): item is EventItem => !["date", "read-marker", "start", "gap"].includes(item.kind),
  );

export const roomNamed = (list: readonly RoomSummary[], name: string): RoomSummary | undefined =>
  list.find((room) => room.name === name);
