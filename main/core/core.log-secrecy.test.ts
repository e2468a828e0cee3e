import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import { LogWriter } from "../lib/log-writer.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";

// Everything goes wrong, with a server that quotes what it was sent; then the log files are searched for every secret
// and every word that anybody wrote. At level debug: what is never written at info may be at debug one day.

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => {
  server = await homeserverWith();
  server.world.addUser("ann", { displayName: "Ann Quillfeather" });
  server.world.addUser("ben", { displayName: "Ben" });
  roomId = server.world.createRoom({
    creator: "ben",
    members: ["ann"],
    name: "Walrusgarden",
    topic: "Topicwords",
  }) as RoomId;
});
afterEach(endAll);

const SEND = /\/send\/m\.room\.message\//;
/** Words, each of which somebody wrote somewhere. */
const written = [
  "sent-marmalade",
  "refused-gooseberry",
  "received-rhubarb",
  "draft-tamarind",
  "searched-persimmon",
  "keyword-quince",
  "status-loquat",
  "reason-kumquat",
  "malformed-medlar",
  "file-cherimoya",
  "Quillfeather",
  "Walrusgarden",
  "Topicwords",
];

/** What a run logged, as the host writes it down; all files together. */
function logFiles(rig: CoreRig): string {
  const dir = join(rig.platform.profileDir, "logs");
  const writer = new LogWriter(dir, { level: "debug", now: () => 0 });
  for (const { level, event, fields } of rig.platform.logged) writer.log(level, event, fields);
  writer.close();
  return readdirSync(dir)
    .map((name) => readFileSync(join(dir, name), "utf8"))
    .join("\n");
}
/** Whatever a request of the core comes to here: it is what it leaves in the log that counts. */
const anyhow = (work: unknown): Promise<void> =>
  Promise.resolve(work).then(
    () => undefined,
    () => undefined,
  );

it("holds no token, no password and no word that anybody wrote, whatever goes wrong", async () => {
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const { handlers } = rig.core;
  const session = JSON.parse(rig.platform.secrets.stored.get("session") ?? "{}") as Record<string, unknown>;
  const tokens = Object.entries(session).flatMap(([name, value]) =>
    /token/i.test(name) && typeof value === "string" ? [value] : [],
  );
  expect(tokens.length).toBeGreaterThan(0);
  const quoting = (...words: string[]) => ({
    status: 403,
    errcode: "M_FORBIDDEN",
    message: `${words.join(" ")} from Authorization: Bearer ${tokens.join(" ")} is not allowed`,
  });

  await rig.type(roomId, "sent-marmalade");
  await rig.watch("outbox").until((entries) => entries.length === 0);
  server.world.sendMessage(roomId, "ben", "received-rhubarb");
  await rig.caughtUp("ann");

  // Refused, by a server and by a proxy that both quote the message.
  server.faults.add({ on: { path: SEND }, do: { error: quoting("refused-gooseberry") }, times: 1 });
  await rig.type(roomId, "refused-gooseberry");
  await rig.watch("outbox").until(([entry]) => entry?.send.state === "unsent");
  server.faults.add({
    on: { path: SEND },
    do: {
      status: { code: 502, body: `<p>refused-gooseberry</p> ${tokens.join()}`, contentType: "text/html" },
    },
    times: 1,
  });
  await anyhow(handlers.retryAllSends({}));

  // All else that carries words, refused with them.
  server.faults.add({
    on: { path: /\/(?:search|pushrules|presence|redact|profile|upload|state)(?:\/|$)/ },
    do: { error: quoting(...written) },
  });
  await anyhow(handlers.saveDraft({ roomId, draft: { body: "draft-tamarind" } }));
  const search = rig.watch("search", { text: "searched-persimmon", roomId: null });
  await anyhow(
    handlers.changePushRules({ change: { change: "keyword", word: "keyword-quince", level: "on" } }),
  );
  await anyhow(handlers.setDisplayName({ name: "Quillfeather the Second" }));
  const [sent] = server.world.events(roomId).filter(({ sender }) => sender.startsWith("@ann"));
  await anyhow(
    handlers.redactMessage({
      roomId,
      transactionId: "t-redact",
      target: { eventId: sent?.event_id as EventId },
      reason: "reason-kumquat",
    } as never),
  );
  await eventually(() => server.wire.count("PUT", /\/pushrules\//) > 0);
  search.stop();

  // Answers that are none: half of one, no JSON, events of the wrong shape.
  const said = (name: string): number => rig.platform.logged.filter(({ event }) => event === name).length;
  for (const fault of [
    { invalidJson: true } as const,
    { truncate: true } as const,
    { status: { code: 500, body: '{"errcode": malformed-medlar' } },
  ]) {
    const before = said("sync-failed");
    const once = server.faults.add({ on: { path: /\/sync$/ }, do: fault, times: 1 });
    server.world.sendMessage(roomId, "ben", "received-rhubarb again");
    await eventually(() => once.hits > 0 && said("sync-failed") > before);
    await handlers.networkIsBack({}); // nobody waits for the end of a backoff
    await rig.live();
  }
  server.faults.add({
    on: { path: /\/sync$/ },
    times: 1,
    do: {
      rewrite: (json) => ({
        ...(json as object),
        rooms: { join: { [roomId]: { timeline: { events: [{ content: { body: "malformed-medlar" } }] } } } },
      }),
    },
  });
  server.world.sendMessage(roomId, "ben", "received-rhubarb again");
  await eventually(() => said("malformed-events") > 0);
  server.faults.clear();
  server.world.expireToken("ann", "hard");
  await rig.watch("session").until(({ state }) => state === "signed-out");
  await anyhow(
    handlers.signIn({ homeserver: server.baseUrl, user: "ann", password: "a-wrong-password-nectarine" }),
  );

  const text = logFiles(rig);
  // It was a story with failures in it, or finding nothing would mean nothing.
  for (const event of ["request-failed", "send-failed", "sync-failed", "session-ended-by-server"])
    expect([event, text.includes(`"${event}"`)]).toEqual([event, true]);
  for (const secret of [...written, ...tokens, "nectarine", '"password"', "is not allowed"])
    expect([secret, text.includes(secret)]).toEqual([secret, false]);
}, 120_000);

it("is never more than two files, however much goes wrong", async () => {
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const dir = join(rig.platform.profileDir, "logs");
  const writer = new LogWriter(dir, { level: "info", now: () => 0, maxBytes: 4000 });
  for (let line = 0; line < 500; line++) writer.log("warn", "sync-failed", { attempt: line });
  writer.close();
  expect(readdirSync(dir).sort()).toEqual(["dunlin.1.log", "dunlin.log"]);
  for (const name of readdirSync(dir)) expect(readFileSync(join(dir, name)).length).toBeLessThan(4200);
  expect(existsSync(join(dir, "dunlin.2.log"))).toBe(false);
});
