import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import { startReader, type Reader } from "../js-sdk/reader.ts";
import { startApp, type RunningApp } from "../launch/app.ts";
import { expect, test } from "../launch/fixtures.ts";
import { PortClient, type Watching } from "../launch/port-client.ts";
import { saidIn, type Said } from "../pages/said.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";
import type { SynapseUser } from "../synapse/register.ts";
import { request } from "../synapse/request.ts";
import { makeRoom } from "../synapse/seed.ts";
import { startSynapse } from "../synapse/start.ts";

// An hour of a room, in short: two clients of ours, one of matrix-js-sdk, a real Synapse. They write, answer, edit, react
// and delete at random, ours through a proxy that fails, and ours are killed in between. At the end all three have the
// same messages, each saying the same, everybody's in the order they were sent. `DUNLIN_HOUR_ACTIONS=2000` is the whole hour.

const ACTIONS = Number(process.env["DUNLIN_HOUR_ACTIONS"] ?? 80);
const KILL_EVERY = Math.max(25, Math.floor(ACTIONS / 20));
const KEYS = ["👍", "🎉", "❤️"];

test("two of ours and one of matrix-js-sdk see the same after writing, editing, reacting and deleting through faults and kills", async () => {
  test.setTimeout(60_000 + ACTIONS * 3_000);
  const seed = Number(process.env["DUNLIN_HOUR_SEED"] ?? Date.now() % 1_000_000);
  console.log(`hour: ${ACTIONS} actions, seed ${seed}`);
  const random = seeded(seed);
  const synapse = await startSynapse();
  const proxy = await startFaultyProxy(synapse.baseUrl, random);
  const ours: Ours[] = [];
  let reader: Reader | undefined;
  try {
    const [ana, ben, cleo] = await Promise.all(
      ["ana", "ben", "cleo"].map((name) => synapse.registerUser(name, "password", name)),
    );
    if (ana === undefined || ben === undefined || cleo === undefined) throw new Error("no users");
    const roomId = await makeRoom(synapse.baseUrl, ana, { name: "Hour" });
    for (const user of [ben, cleo]) await joined(synapse.baseUrl, ana, user, roomId);
    for (const user of [ana, ben]) ours.push(await Ours.begin(proxy, user.localpart, roomId as RoomId));
    reader = await startReader(synapse.baseUrl, cleo, roomId, 100);
    proxy.setFaults(0.2);
    const done = new Map<string, number>();
    for (let n = 1; n <= ACTIONS; n++) {
      const who = Math.floor(random() * 3);
      const one = ours[who];
      const act = one === undefined ? await actOfSdk(reader, roomId, n, random) : await one.act(n, random);
      done.set(act, (done.get(act) ?? 0) + 1);
      if (n % KILL_EVERY === 0) await ours[Math.floor(random() * 2)]?.dieAndRise();
    }
    console.log("done:", Object.fromEntries(done), "struck:", Object.fromEntries(proxy.struck));
    proxy.setFaults(0);
    for (const one of ours) await one.sentAll();
    const sdk = reader;
    const wanted = async (): Promise<readonly Said[]> => {
      // What the server itself lists is what everybody must have.
      const ids = await messageIds(synapse.baseUrl, ana.accessToken, roomId);
      const said = sdk.said();
      expect(said.map(({ eventId }) => eventId).sort()).toEqual(ids.toSorted());
      return said;
    };
    await expect(async () => {
      const same = await wanted();
      for (const one of ours) {
        const said = saidIn((await one.whole()).value.items);
        expect(byId(said)).toEqual(byId(same));
        expect(byPerson(said)).toEqual(byPerson(same));
      }
    }).toPass({ timeout: 120_000, intervals: [500, 1000, 2000] });
    // All kinds of acts were among them, or this has proved less than it says.
    for (const kind of ["send", "reply", "edit", "react", "redact"])
      expect(done.get(kind)).toBeGreaterThan(0);
  } finally {
    reader?.stop();
    for (const one of ours) await one.end();
    await proxy.stop();
    await synapse.stop();
  }
});

const byId = (said: readonly Said[]): readonly Said[] =>
  said.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));
/**
 * What each person said, in order. Messages of several people sent at the same moment may stand either way round:
 * Synapse lists them by depth in /messages and by arrival in /sync.
 */
const byPerson = (said: readonly Said[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    [...Map.groupBy(said, ({ sender }) => sender)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([sender, list]) => [sender, list.map(({ eventId }) => eventId)]),
  );

/** A client of ours without a page. */
class Ours {
  readonly #proxy: FaultyProxy;
  readonly #name: string;
  readonly #roomId: RoomId;
  readonly #profileDir = mkdtempSync(join(tmpdir(), "dunlin-hour-"));
  #app: RunningApp | null = null;
  #port: PortClient | null = null;
  #timeline: Watching<"timeline"> | null = null;
  #ids = 0;

  private constructor(proxy: FaultyProxy, name: string, roomId: RoomId) {
    this.#proxy = proxy;
    this.#name = name;
    this.#roomId = roomId;
  }

  static async begin(proxy: FaultyProxy, name: string, roomId: RoomId): Promise<Ours> {
    const one = new Ours(proxy, name, roomId);
    await one.#rise();
    await (await one.#port!.watch("connection", null)).until(({ state }) => state === "live");
    await (await one.#port!.watch("roomList", null)).until((rooms) => rooms.length === 1);
    return one;
  }

  async #rise(): Promise<void> {
    const order = { homeserver: this.#proxy.baseUrl, user: this.#name, password: "password" };
    this.#app = await startApp({
      profileDir: this.#profileDir,
      env: { DUNLIN_SIGN_IN: JSON.stringify(order) },
    });
    this.#port = await PortClient.open(this.#app.url);
    this.#timeline = await this.#port.watch("timeline", { roomId: this.#roomId });
  }

  async dieAndRise(): Promise<void> {
    await this.#app?.kill();
    await this.#rise();
  }

  async end(): Promise<void> {
    this.#port?.close();
    await this.#app?.kill();
    rmSync(this.#profileDir, { recursive: true, force: true });
  }

  /** One act that is possible now. */
  async act(n: number, random: () => number): Promise<string> {
    const port = this.#port!;
    const roomId = this.#roomId;
    const items = this.#timeline!.value.items.filter((item) => item.kind === "message");
    const mine = items.filter(({ sender }) => sender.isOwn);
    const transactionId = `hour-${this.#name}-${++this.#ids}-of-act-${n}` as TransactionId;
    const content = { msgtype: "m.text", body: `${this.#name} says ${n}` } as const;
    const kind = chosen(random);
    const of = kind === "edit" || kind === "redact" ? mine : items;
    const item = of[Math.floor(random() * of.length)];
    if (kind === "send" || item === undefined) {
      await port.call("sendMessage", { roomId, transactionId, content });
      return "send";
    }
    // What is not sent yet is named by its transaction id.
    const { eventId } = item;
    const target = { eventId, transactionId: eventId === null ? item.transactionId : null };
    if (kind === "reply") await port.call("sendMessage", { roomId, transactionId, content, replyTo: target });
    if (kind === "edit") await port.call("editMessage", { roomId, transactionId, target, content });
    if (kind === "redact") await port.call("redactMessage", { roomId, transactionId, target, reason: null });
    if (kind === "react") {
      const key = KEYS[Math.floor(random() * KEYS.length)] ?? "";
      const isThere = item.relations?.reactions.some((one) => one.key === key && one.isOwn) === true;
      await port.call(isThere ? "unreact" : "react", { roomId, transactionId, target, key });
    }
    return kind;
  }

  /** Nothing waits any more; what was given up because of the faults is tried again, as a person would. */
  async sentAll(): Promise<void> {
    const outbox = await this.#port!.watch("outbox", null);
    await this.#port!.call("retryAllSends", {});
    await outbox.until((entries) => entries.length === 0);
  }

  /** The timeline to its start. */
  async whole(): Promise<Watching<"timeline">> {
    const timeline = this.#timeline!;
    while (timeline.value.older !== "exhausted") await this.#port!.call("paginate", { roomId: this.#roomId });
    return timeline;
  }
}

async function actOfSdk(reader: Reader, roomId: string, n: number, random: () => number): Promise<string> {
  const { client } = reader;
  const said = reader.said().filter(({ text }) => text !== null);
  const mine = said.filter(
    ({ eventId }) => client.getRoom(roomId)?.findEventById(eventId)?.getSender() === client.getUserId(),
  );
  const kind = chosen(random);
  const of = kind === "edit" || kind === "redact" ? mine : said;
  const target = of[Math.floor(random() * of.length)]?.eventId as EventId | undefined;
  const body = `cleo says ${n}`;
  if (kind === "send" || target === undefined) {
    await client.sendMessage(roomId, { msgtype: "m.text", body } as never);
    return "send";
  }
  if (kind === "redact") await client.redactEvent(roomId, target);
  if (kind === "reply")
    await client.sendMessage(roomId, {
      msgtype: "m.text",
      body,
      "m.relates_to": { "m.in_reply_to": { event_id: target } },
    } as never);
  if (kind === "edit")
    await client.sendMessage(roomId, {
      msgtype: "m.text",
      body: `* ${body}`,
      "m.new_content": { msgtype: "m.text", body },
      "m.relates_to": { rel_type: "m.replace", event_id: target },
    } as never);
  if (kind === "react") {
    const key = KEYS[Math.floor(random() * KEYS.length)] ?? "";
    // A second one of the same kind is refused, and so it is no act at all.
    await client
      .sendEvent(
        roomId,
        "m.reaction" as never,
        {
          "m.relates_to": { rel_type: "m.annotation", event_id: target, key },
        } as never,
      )
      .catch((error: unknown) => {
        if (!String(error).includes("DUPLICATE")) throw error;
      });
  }
  return kind;
}

function chosen(random: () => number): "send" | "reply" | "edit" | "react" | "redact" {
  const chance = random();
  if (chance < 0.4) return "send";
  if (chance < 0.55) return "reply";
  if (chance < 0.72) return "edit";
  return chance < 0.9 ? "react" : "redact";
}

async function joined(baseUrl: string, host: SynapseUser, guest: SynapseUser, roomId: string): Promise<void> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}`;
  const invite = { method: "POST", path: `${path}/invite`, token: host.accessToken } as const;
  await request(baseUrl, { ...invite, body: { user_id: guest.userId } });
  await request(baseUrl, { method: "POST", path: `${path}/join`, token: guest.accessToken, body: {} });
}

/** Ids of all messages in the server's order, oldest first; edits are none of their own. */
async function messageIds(baseUrl: string, token: string, roomId: string): Promise<readonly string[]> {
  const found: string[] = [];
  let from: string | undefined;
  do {
    const query = new URLSearchParams({ dir: "b", limit: "500", ...(from === undefined ? {} : { from }) });
    const page = await request<Page>(baseUrl, {
      method: "GET",
      path: `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?${query}`,
      token,
    });
    for (const { type, event_id, content } of page.chunk)
      if (type === "m.room.message" && content["m.relates_to"]?.rel_type !== "m.replace")
        found.push(event_id);
    from = page.end;
  } while (from !== undefined);
  return found.reverse();
}
interface Page {
  readonly chunk: readonly {
    readonly type: string;
    readonly event_id: string;
    readonly content: { readonly "m.relates_to"?: { readonly rel_type?: string } };
  }[];
  readonly end?: string;
}

/** The same chance for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
