import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventId, RoomId, StagedId, TransactionId } from "../../preload/contract/ids.ts";
import type { Attachment, StageAnswer } from "../../preload/contract/models/attachment.ts";
import { startApp, type RunningApp } from "../launch/app.ts";
import { PortClient, type Watching } from "../launch/port-client.ts";
import type { FaultyProxy } from "../synapse/faulty-proxy.ts";
import type { SomeFile } from "./files.ts";
import { saidInOurs } from "./ours-view.ts";
import type { Said } from "./said.ts";

export interface Rooms {
  /** Where the hour happens. */
  readonly main: RoomId;
  /** Where messages are forwarded to. */
  readonly aside: RoomId;
}

/** A client of ours without a page: its app, which may die, and what a page would know. */
export class OurClient {
  readonly name: string;
  readonly rooms: Rooms;
  readonly #proxy: FaultyProxy;
  readonly #profileDir = mkdtempSync(join(tmpdir(), "dunlin-hour-"));
  #app: RunningApp | null = null;
  #port: PortClient | null = null;
  #timeline: Watching<"timeline"> | null = null;
  /** The thread that is open beside the room. */
  #thread: {
    readonly root: EventId;
    readonly timeline: Watching<"timeline">;
  } | null = null;
  #ids = 0;
  /** What was typed last and not sent. */
  draft: string | null = null;

  private constructor(proxy: FaultyProxy, name: string, rooms: Rooms) {
    this.#proxy = proxy;
    this.name = name;
    this.rooms = rooms;
  }

  static async begin(proxy: FaultyProxy, name: string, rooms: Rooms): Promise<OurClient> {
    const one = new OurClient(proxy, name, rooms);
    await one.#rise();
    await (await one.port.watch("connection", null)).until(({ state }) => state === "live");
    await (await one.port.watch("roomList", null)).until((list) => list.length === 2);
    return one;
  }

  get port(): PortClient {
    if (this.#port === null) throw new Error("it does not run");
    return this.#port;
  }
  /** The room's own timeline as it is now. */
  get timeline(): Watching<"timeline"> {
    if (this.#timeline === null) throw new Error("it does not run");
    return this.#timeline;
  }

  get thread(): {
    readonly root: EventId;
    readonly timeline: Watching<"timeline">;
  } | null {
    return this.#thread;
  }

  /** Opens a thread beside the room, in place of the one before. */
  async openThread(root: EventId): Promise<void> {
    if (this.#thread?.root === root) return;
    this.#thread?.timeline.close();
    const thread = { eventId: root, transactionId: null };
    this.#thread = {
      root,
      timeline: await this.port.watch("timeline", {
        roomId: this.rooms.main,
        thread,
      }),
    };
  }

  /** Born at the key press. */
  newId(n: number): TransactionId {
    return `hour-${this.name}-${++this.#ids}-of-act-${n}` as TransactionId;
  }

  async #rise(): Promise<void> {
    const order = {
      homeserver: this.#proxy.baseUrl,
      user: this.name,
      password: "password",
    };
    this.#app = await startApp({
      profileDir: this.#profileDir,
      env: { DUNLIN_SIGN_IN: JSON.stringify(order) },
    });
    this.#port = await PortClient.open(this.#app.url);
    this.#thread = null;
    this.#timeline = await this.#port.watch("timeline", {
      roomId: this.rooms.main,
    });
  }

  /** SIGKILL, as a power cut, and it runs again on what is on its disk. Answers the draft it came back with. */
  async dieAndRise(): Promise<string | null> {
    this.#port?.close();
    await this.#app?.kill();
    await this.#rise();
    const room = await this.port.watch("room", { roomId: this.rooms.main });
    const body = room.value.draft?.body ?? null;
    room.close();
    return body;
  }

  async end(): Promise<void> {
    this.#port?.close();
    await this.#app?.kill();
    rmSync(this.#profileDir, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Puts a file and its thumbnail on the app's disk, as the page does, and answers what is to be sent. */
  async stage(file: SomeFile, n: number, more: Pick<Attachment, "caption" | "voice">): Promise<Attachment> {
    const stagedId = await this.#put(file.name, file.type, file.bytes, n);
    const { thumbnail, durationMs } = file;
    const isFilm = file.kind === "video";
    return {
      ...{ stagedId, durationMs, blurhash: null, ...more },
      width: isFilm ? file.width : null,
      height: isFilm ? file.height : null,
      thumbnail:
        thumbnail === null
          ? null
          : {
              stagedId: await this.#put("thumbnail", "image/png", thumbnail.bytes, n),
              width: thumbnail.width,
              height: thumbnail.height,
            },
    };
  }

  async #put(name: string, type: string, body: Uint8Array<ArrayBuffer>, n: number): Promise<StagedId> {
    const stagedId = `hour-staged-${this.name}-${n}-${++this.#ids}`;
    const path = `staged/${stagedId}?name=${encodeURIComponent(name)}`;
    const answer = (await (
      await this.port.resource(path, { method: "PUT", body, type })
    ).json()) as StageAnswer;
    if (!answer.ok) throw new Error(`not staged: ${answer.failure.message}`);
    return answer.file.stagedId;
  }

  /** Nothing waits any more; what was given up because of the faults is tried again, as a person would. */
  async sentAll(): Promise<void> {
    const outbox = await this.port.watch("outbox", null);
    await this.port.call("retryAllSends", {});
    await outbox.until((entries) => entries.length === 0);
    outbox.close();
  }

  /** All it has of a room to the start: its own timeline, and the threads of these roots. */
  async whole(roomId: RoomId, roots: readonly string[]): Promise<readonly Said[]> {
    const all = new Map<string, Said>();
    for (const one of await this.#toStart(roomId, null)) all.set(one.eventId, one);
    for (const root of roots)
      for (const one of await this.#toStart(roomId, root as EventId)) {
        const inRoom = all.get(one.eventId);
        // The root stands in both and says the same in both, but does not count its own replies above them.
        if (inRoom !== undefined && one.eventId === root) continue;
        if (inRoom !== undefined && inRoom.kind !== null)
          throw new Error(`${one.eventId} is in the room and in the thread ${root}`);
        all.set(one.eventId, one);
      }
    return [...all.values()];
  }

  async #toStart(roomId: RoomId, root: EventId | null): Promise<readonly Said[]> {
    const thread = root === null ? {} : { thread: { eventId: root, transactionId: null } };
    const timeline = await this.port.watch("timeline", { roomId, ...thread });
    while (timeline.value.older !== "exhausted") await this.port.call("paginate", { roomId, ...thread });
    const said = saidInOurs(timeline.value.items, root);
    timeline.close();
    return said;
  }

  /** The bytes it shows for a file. */
  async bytes(source: string): Promise<Uint8Array> {
    const response = await this.port.resource(source);
    if (!response.ok) throw new Error(`${source} answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }
}
