import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CONTRACT_VERSION } from "../../preload/contract/frames.ts";
import type { EventId, RoomId, StagedId, TransactionId } from "../../preload/contract/ids.ts";
import type { Connection } from "../../preload/contract/models/session.ts";
import { connect, reconnectDelay, type Client } from "./connect.ts";
import { failureOf, RequestFailed } from "./request-failed.ts";
import { arrived, ScriptedCore } from "./scripted-core.ts";

const roomId = "!a:example.org" as RoomId;
const transactionId = "transaction-1" as TransactionId;
const content = { msgtype: "m.text", body: "hello" } as const;

let core: ScriptedCore;
let client: Client;
let reloads: number;

beforeEach(() => {
  vi.useFakeTimers();
  core = new ScriptedCore();
  reloads = 0;
  client = connect({ openPort: core.openPort, reload: () => ++reloads === 1 });
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

async function backAgain(): Promise<void> {
  await vi.advanceTimersByTimeAsync(reconnectDelay(0));
  await arrived();
}

function watchConnection(): { seen: string[]; stop: () => void } {
  const seen: string[] = [];
  const stop = client.subscribe("connection", null, {
    snapshot: (value: Connection) => seen.push(`snapshot ${value.state}`),
    change: (value: Connection) => seen.push(`change ${value.state}`),
    failed: (failure) => seen.push(`failed ${failure.kind}`),
  });
  return { seen, stop };
}

test("says hello first and learns where resources are", async () => {
  await arrived();
  expect(core.received[0]).toEqual({ t: "hello", version: CONTRACT_VERSION });
  expect(client.resources).toBe("/files/");
  expect(client.link).toBe("open");
});

test("a request gets its own answer, whatever the order of the answers", async () => {
  const answers = new Map<string, (value: unknown) => void>();
  core.handle("loadEdits", (params) => new Promise((resolve) => answers.set(params.eventId, resolve)));
  const one = client.call("loadEdits", { roomId, eventId: "$1" as never });
  const two = client.call("loadEdits", { roomId, eventId: "$2" as never });
  await arrived();
  answers.get("$2")?.({ versions: [], isComplete: false });
  answers.get("$1")?.({ versions: [], isComplete: true });
  await expect(one).resolves.toEqual({ versions: [], isComplete: true });
  await expect(two).resolves.toEqual({ versions: [], isComplete: false });
});

test("a refused request rejects with the failure as data", async () => {
  const failure = { kind: "limited", message: "429", retryAfterMs: 40_000 } as const;
  core.handle("signIn", () => {
    throw new RequestFailed(failure);
  });
  const call = client.call("signIn", { homeserver: "h", user: "u", password: "p" });
  await expect(call.catch(failureOf)).resolves.toEqual(failure);
});

test("a snapshot, then changes in order", async () => {
  core.snapshot("connection", { state: "starting" });
  const { seen } = watchConnection();
  await arrived();
  core.change("connection", { state: "live" });
  core.change("connection", { state: "signed-out" });
  await arrived();
  expect(seen).toEqual(["snapshot starting", "change live", "change signed-out"]);
});

test("a hole in the numbers is never guessed over: a new snapshot instead, late frames of the old one ignored", async () => {
  core.snapshot("connection", { state: "starting" });
  const { seen } = watchConnection();
  await arrived();
  core.snapshot("connection", { state: "live" });
  core.change("connection", { state: "signed-out-soft" }, 1);
  core.change("connection", { state: "signed-out" });
  await arrived();
  expect(seen).toEqual(["snapshot starting", "snapshot live"]);
  core.change("connection", { state: "signed-out" });
  await arrived();
  expect(seen.at(-1)).toBe("change signed-out");
  expect(core.openTopics()).toEqual(["connection"]);
});

test("a closed subscription says so to the core and stays silent", async () => {
  core.snapshot("connection", { state: "live" });
  const { seen, stop } = watchConnection();
  await arrived();
  stop();
  core.change("connection", { state: "signed-out" });
  await arrived();
  expect(seen).toEqual(["snapshot live"]);
  expect(core.openTopics()).toEqual([]);
});

test("a refused subscription tells its reader why", async () => {
  const { seen } = watchConnection();
  await arrived();
  core.refuse("connection", { kind: "storage", message: "broken" });
  await arrived();
  expect(seen).toEqual(["failed storage"]);
});

test("after a lost link everything is watched again and gets a new snapshot", async () => {
  core.snapshot("connection", { state: "live" });
  const { seen } = watchConnection();
  await arrived();
  const links: string[] = [];
  client.onLink((link) => links.push(link));
  core.drop();
  core.snapshot("connection", { state: "starting" });
  await backAgain();
  expect(links).toEqual(["down", "open"]);
  expect(seen).toEqual(["snapshot live", "snapshot starting"]);
});

test("a message on its way when the link broke is asked again, the same, and answers then", async () => {
  const call = client.call("sendMessage", { roomId, transactionId, content });
  await arrived();
  core.drop();
  core.handle("sendMessage", () => ({ queuedAt: 5 }));
  await backAgain();
  await expect(call).resolves.toEqual({ queuedAt: 5 });
  const sent = { roomId, transactionId, content };
  expect(core.calls("sendMessage")).toEqual([sent, sent]);
});

test("messages typed while there is no link leave in order when it is back", async () => {
  await arrived();
  core.drop();
  core.handle("sendMessage", () => ({ queuedAt: 5 }));
  const calls = ["one-----", "two-----"].map((id) =>
    client.call("sendMessage", { roomId, transactionId: id as TransactionId, content }),
  );
  await backAgain();
  await Promise.all(calls);
  expect(
    core.calls("sendMessage").map((params) => (params as { transactionId: string }).transactionId),
  ).toEqual(["one-----", "two-----"]);
});

test("what waits in a composer is stored, sent and read over a broken link, in order", async () => {
  await arrived();
  const asked: string[] = [];
  core.handle("saveDraftAttachments", () => void asked.push("files kept"));
  core.handle("loadThreadDraft", () => {
    asked.push("draft read");
    return { draft: null, attachments: [] };
  });
  core.handle("sendAttachment", () => {
    asked.push("file sent");
    return { queuedAt: 5 };
  });
  core.drop();
  const attachment = {
    ...{ stagedId: "file" as StagedId, caption: "", thumbnail: null, width: null, height: null },
    ...{ durationMs: null, blurhash: null, voice: null },
  };
  const thread = { eventId: "$root" as EventId, transactionId: null };
  const calls = [
    client.call("saveDraftAttachments", { roomId, attachments: [attachment] }),
    client.call("sendAttachment", { roomId, transactionId, attachment }),
    client.call("loadThreadDraft", { roomId, thread }),
  ];
  await backAgain();
  await Promise.all(calls);
  expect(asked).toEqual(["files kept", "file sent", "draft read"]);
});

test("what might happen twice is not repeated: it rejects as aborted, and without a link as offline", async () => {
  const running = client.call("signOut", {}).catch(failureOf);
  await arrived();
  core.drop();
  await expect(running).resolves.toMatchObject({ kind: "aborted" });
  await expect(client.call("signOut", {}).catch(failureOf)).resolves.toMatchObject({ kind: "offline" });
  await backAgain();
  expect(core.calls("signOut")).toHaveLength(1);
});

test("tries again sooner at first, and at least every two seconds", () => {
  const delays = Array.from({ length: 12 }, (_, attempt) => reconnectDelay(attempt));
  expect(delays.slice(0, 3)).toEqual([100, 200, 400]);
  expect(Math.max(...delays)).toBe(2000);
});

test("a core of another version reloads the page once, then says that it is outdated", async () => {
  const other = new ScriptedCore();
  other.version = CONTRACT_VERSION + 1;
  let count = 0;
  const options = { openPort: other.openPort, reload: () => ++count === 1 };
  const first = connect(options);
  await arrived();
  expect(count).toBe(1);
  expect(first.link).toBe("connecting");
  const second = connect(options);
  await arrived();
  expect(second.link).toBe("outdated");
});

test("a page whose session was taken over by another one says so and does not take it back", async () => {
  await arrived();
  const greetings = core.received.filter((frame) => frame.t === "hello").length;
  core.drop("opened-elsewhere");
  expect(client.link).toBe("elsewhere");
  await vi.advanceTimersByTimeAsync(60_000);
  await arrived();
  expect(client.link).toBe("elsewhere");
  expect(core.received.filter((frame) => frame.t === "hello")).toHaveLength(greetings);
});

test("learns from the greeting what fills the sign-in form", async () => {
  await arrived();
  expect(client.homeserver).toBe("");
  core.homeserver = "https://matrix.example.org";
  core.drop();
  await backAgain();
  expect(client.homeserver).toBe("https://matrix.example.org");
});

test("what belongs to an account is asked for it, also after another one was put on the screen", async () => {
  const early = client.bound();
  client.account = "first";
  const late = client.bound();
  client.account = "work";
  for (const door of [early, late, client]) void door.call("saveDraft", { roomId, draft: null });
  await arrived();
  const accounts = core.received.flatMap((frame) => (frame.t === "call" ? [frame.account] : []));
  expect(accounts).toEqual(["first", "first", "work"]);
  expect([early, late, client].map(({ account }) => account)).toEqual(["first", "first", "work"]);
});
