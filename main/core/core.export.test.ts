import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { ExportOrder } from "../../preload/contract/models/export.ts";
import { gifOf, pngOf } from "./media/pictures.ts";
import { CoreRig, endAll, homeserverWith } from "./testing/core-rig.ts";

// An archive made by the whole core: what it says, what it holds, and that it is made without the server.

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => {
  server = await homeserverWith("Ann", "Ben");
  const name = "Garden <script>alert(1)</script>";
  roomId = server.world.createRoom({
    creator: "ben",
    members: ["ann"],
    name,
    topic: "Beds & paths",
  }) as RoomId;
});
afterEach(endAll);

const say = (content: Record<string, unknown> | string, sender = "ben"): string =>
  server.world.sendMessage(roomId, sender, content);
const related = (relType: string, eventId: string, more: object = {}) => ({
  "m.relates_to": { rel_type: relType, event_id: eventId, ...more },
});

/** Exports and answers the finished folder. */
async function exported(rig: CoreRig, order: Partial<ExportOrder> = {}): Promise<string> {
  const exports = rig.watch("exports");
  await rig.core.handlers.startExport({ order: { roomId, hasMedia: false, isComplete: false, ...order } });
  const view = await exports.until(({ job }) => job?.state === "done");
  exports.stop();
  return view.job?.folder ?? "";
}
const roomsIn = (folder: string): string[] => readdirSync(join(folder, "rooms")).sort();
const read = (folder: string, name: string, room = roomsIn(folder)[0] ?? ""): string =>
  readFileSync(join(folder, "rooms", room, name), "utf8");
interface Stored {
  readonly events: readonly { readonly event_id: string; readonly content: Record<string, unknown> }[];
}
const eventsIn = (folder: string): Stored["events"] =>
  (JSON.parse(read(folder, "events.json")) as Stored).events;

it("tells what was said, by whom as they were called then, and what became of it", async () => {
  const first = say("Roses or tulips?");
  server.world.setProfile("ben", { displayName: "Benjamin" });
  const wrong = say("Tulpis");
  say({
    msgtype: "m.text",
    body: "* Tulips",
    "m.new_content": { msgtype: "m.text", body: "Tulips" },
    ...related("m.replace", wrong),
  });
  server.world.sendMessage(roomId, "ann", related("m.annotation", wrong, { key: "🌷" }), {
    type: "m.reaction",
  });
  say({ msgtype: "m.text", body: "Both", "m.relates_to": { "m.in_reply_to": { event_id: first } } }, "ann");
  const secret = say("The password is 1234");
  server.world.redact(roomId, "ben", secret, "not for here");
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const folder = await exported(rig);

  const page = read(folder, "messages.html");
  const blocks = page.split("<article ").slice(1);
  expect(blocks[0]).toMatch(/>Ben<.*Roses or tulips\?/s);
  expect(blocks[1]).toMatch(/>Benjamin<.*>Tulips<.*Earlier words.*Tulpis.*🌷 1/s);
  expect(blocks[2]).toMatch(/>Ann<.*In reply to Ben<.*Roses or tulips\?.*Both/s);
  expect(blocks[3]).toContain("Message deleted by Benjamin: not for here");
  expect(page).not.toContain("1234");
  expect(page).toContain("Ben is now called Benjamin");
  expect(page).toContain("Beds &amp; paths");
  expect(page).not.toContain("not complete");
  expect(page).toMatch(/<style>[^<]*\.spoiler/);
  const stored = eventsIn(folder);
  const known = server.world.events(roomId);
  expect(stored.map(({ event_id }) => event_id)).toEqual(known.map(({ event_id }) => event_id));
  expect(stored.find(({ event_id }) => event_id === first)?.content).toEqual({
    msgtype: "m.text",
    body: "Roses or tulips?",
  });
  expect(readFileSync(join(folder, "index.html"), "utf8")).toContain("4 messages");
});

it("lets nothing of what strangers wrote become markup, a path or a file that runs", async () => {
  say({
    msgtype: "m.text",
    body: "x",
    format: "org.matrix.custom.html",
    formatted_body:
      '<b onclick="a()">bold</b><script>a()</script><img src="https://evil.example/x.png"><a href="javascript:a()">l</a>',
  });
  say("<img src=x onerror=alert(1)> </article><script>");
  server.world.setProfile("ben", { displayName: '"><script>alert(2)</script>' });
  const page = server.world.uploadMedia(Buffer.from("<script>alert(3)</script>"), "text/html");
  const mxc = page.startsWith("mxc:") ? page : `mxc://${page}`;
  say({ msgtype: "m.file", body: "../../../evil.html", url: mxc });
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const folder = await exported(rig, { hasMedia: true });
  expect(readdirSync(join(folder, ".."))).toHaveLength(1);
  for (const html of [read(folder, "messages.html"), readFileSync(join(folder, "index.html"), "utf8")]) {
    expect(html).not.toMatch(/<script|javascript:|evil\.example|<[^>]* on\w+=/i);
    expect(html).toMatch(/content="default-src &#39;none&#39;; style-src &#39;sha256-/);
  }
  expect(read(folder, "messages.html")).toContain("<b>bold</b>");
  expect(readdirSync(join(folder, "media")).map((name) => name.split(".")[1])).toEqual(["bin"]);
});

it("puts pictures beside the pages, each once, and says which it does not have", async () => {
  const picture = server.world.uploadMedia(pngOf(40, 30), "image/png");
  const other = server.world.uploadMedia(gifOf(4, 4), "image/gif");
  for (const url of [picture, picture, other]) say({ msgtype: "m.image", body: "a picture", url });
  say({ msgtype: "m.image", body: "lost picture", url: "mxc://example.org/nowhere" });
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const folder = await exported(rig, { hasMedia: true });
  const names = readdirSync(join(folder, "media")).sort();
  expect(names.map((name) => name.split(".")[1]).sort()).toEqual(["gif", "png"]);
  const page = read(folder, "messages.html");
  for (const name of names) expect(page).toContain(`src="../../media/${name}"`);
  expect(page).toContain("Picture “lost picture” is not in this archive");
  expect(rig.watch("exports").value.job?.media).toEqual({ saved: 2, missing: 1 });
});

it("is made from what is here when there is no server", async () => {
  const picture = server.world.uploadMedia(pngOf(40, 30), "image/png");
  say({ msgtype: "m.image", body: "seen before", url: picture });
  const never = server.world.uploadMedia(pngOf(50, 30), "image/png");
  say({ msgtype: "m.image", body: "never seen", url: never });
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const [, place = ""] = picture.split("mxc://");
  expect((await rig.core.media(`media/${place.replace(":", "%3A")}`)).ok).toBe(true);
  server.cut();
  const connection = rig.watch("connection");
  await connection.until(({ state }) => state === "offline");
  const folder = await exported(rig, { hasMedia: true });
  expect(readdirSync(join(folder, "media"))).toHaveLength(1);
  expect(read(folder, "messages.html")).toContain("“never seen” is not in this archive");
});

it("fetches the missing history first when it is to be complete; else says what is missing", async () => {
  server.world.sendMany(roomId, 90, (i) => ({ sender: "ben", content: `message ${i}` }));
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const part = await exported(rig);
  expect(read(part, "messages.html")).toContain("The history here is not complete");
  expect(read(part, "messages.html")).not.toContain("message 3<");
  const whole = await exported(rig, { isComplete: true });
  expect(read(whole, "messages.html")).not.toContain("not complete");
  const known = server.world.events(roomId).map(({ event_id }) => event_id);
  expect(eventsIn(whole).map(({ event_id }) => event_id)).toEqual(known);
}, 60_000);

it("goes on after a kill of the whole program, every room once", async () => {
  for (let n = 0; n < 30; n++) {
    const other = server.world.createRoom({ creator: "ben", members: ["ann"], name: `Room ${n}` });
    server.world.sendMany(other, 8, (i) => ({ sender: "ben", content: `message ${i}` }));
  }
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const exports = rig.watch("exports");
  await rig.core.handlers.startExport({ order: { roomId: null, hasMedia: false, isComplete: false } });
  await exports.until(({ job }) => (job?.rooms.done ?? 0) >= 3);
  const again = rig.kill();
  await rig.close();
  const second = await again();
  const view = await second.watch("exports").until(({ job }) => job?.state === "done");
  const folder = view.job?.folder ?? "";
  expect(roomsIn(folder)).toHaveLength(31);
  for (const room of roomsIn(folder)) {
    const { events } = JSON.parse(read(folder, "events.json", room)) as Stored;
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
  }
  await second.close();
});

it("sending goes on while an archive is being written", async () => {
  server.world.sendMany(roomId, 18, (i) => ({ sender: "ben", content: `message ${i}` }));
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const exports = rig.watch("exports");
  await rig.core.handlers.startExport({ order: { roomId: null, hasMedia: false, isComplete: true } });
  await rig.type(roomId, "typed meanwhile");
  await rig.watch("outbox").until((list) => list.length === 0);
  await exports.until(({ job }) => job?.state === "done");
});

it("nothing unfinished stays of somebody who signs out", async () => {
  server.world.sendMany(roomId, 90, (i) => ({ sender: "ben", content: `message ${i}` }));
  const rig = await (await CoreRig.start(server)).signIn("ann");
  server.faults.add({ on: { path: /\/messages/ }, do: { status: { code: 502 } } });
  for (let n = 0; n < 3; n++)
    server.world.createRoom({ creator: "ben", members: ["ann"], name: `Room ${n}` });
  const exports = rig.watch("exports");
  await rig.core.handlers.startExport({ order: { roomId, hasMedia: false, isComplete: true } });
  const { job } = await exports.until((view) => view.job?.state === "fetching" && view.job.fetching === 1);
  await rig.core.handlers.signOut({});
  expect(existsSync(`${job?.folder}.partial`)).toBe(false);
  expect(exports.value.job).toBeNull();
});
