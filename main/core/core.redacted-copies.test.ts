import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import { pngOf } from "./media/pictures.ts";
import { CoreRig, endAll, eventually, filesWith } from "./testing/core-rig.ts";
import { garden } from "./testing/room-story.ts";

// One message that has left a copy wherever a message can: each of them goes with it (RED-01, RED-02).

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => void ({ server, roomId } = await garden()));
afterEach(endAll);

const secret = "hippopotomonstrous";
const ben = (content: Record<string, unknown>, type = "m.room.message"): EventId =>
  server.world.sendMessage(roomId, "ben", content, { type }) as EventId;

const said = (body: string, mxc: string) => ({
  ...{ msgtype: "m.image", body, filename: `${secret}.png`, url: mxc },
  ...{ format: "org.matrix.custom.html", formatted_body: `<b>${body}</b>` },
});

/** Edited, reacted to, pinned, answered with its words, and made the root of a thread. */
function speakOf(target: EventId, mxc: string): void {
  const to = (relType: string) => ({ "m.relates_to": { rel_type: relType, event_id: target } });
  ben({
    ...said(`* ${secret} edited`, mxc),
    "m.new_content": said(`${secret} edited`, mxc),
    ...to("m.replace"),
  });
  ben({ "m.relates_to": { ...to("m.annotation")["m.relates_to"], key: "👍" } }, "m.reaction");
  ben({ msgtype: "m.text", body: "in the thread", ...to("m.thread") });
  ben({
    ...{
      msgtype: "m.text",
      body: `> <@ben:x> ${secret} first\n\nan answer`,
      format: "org.matrix.custom.html",
    },
    formatted_body: `<mx-reply><blockquote>${secret} first</blockquote></mx-reply>an answer`,
    "m.relates_to": { "m.in_reply_to": { event_id: target } },
  });
  server.world.sendState(roomId, "ben", "m.room.pinned_events", "", { pinned: [target] });
}

async function exported(rig: CoreRig): Promise<string> {
  const exports = rig.watch("exports");
  await rig.core.handlers.startExport({ order: { roomId, hasMedia: true, isComplete: false } });
  const folder = (await exports.until(({ job }) => job?.state === "done")).job?.folder ?? "";
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1")).join("\n");
}

it("a redacted message leaves no copy: not in what is open, not in what is asked for later, not on disk", async () => {
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const notices = rig.watch("notices");
  const mxc = server.world.uploadMedia(
    Buffer.concat([pngOf(1, 1), Buffer.from(`${secret} bytes`)]),
    "image/png",
  );
  const target = ben(said(`${secret} first`, mxc));
  await notices.until(([notice]) => notice?.body.includes(secret) === true);
  speakOf(target, mxc);
  await rig.caughtUp("ann");
  const path = `media/${encodeURIComponent(server.serverName)}/${mxc.split("/").at(-1)}`;
  for (const size of ["", "?width=96&height=96&method=crop"])
    expect(await rig.core.media(path + size)).toMatchObject({ ok: true });
  const replyTo = { eventId: target, transactionId: null };
  await rig.core.handlers.saveDraft({ roomId, draft: { body: "half an answer", replyTo } });
  const open = {
    timeline: rig.watch("timeline", { roomId }),
    focus: rig.watch("timeline", { roomId, focus: target }),
    thread: rig.watch("timeline", { roomId, thread: { eventId: target, transactionId: null } }),
    threads: rig.watch("threads", { roomId }),
    pins: rig.watch("pins", { roomId }),
    room: rig.watch("room", { roomId }),
    quote: rig.watch("quote", { roomId, target: replyTo }),
    list: rig.watch("roomList"),
    notices,
    search: rig.watch("search", { text: secret, roomId: null }),
  };
  const holds = (name: keyof typeof open): boolean => JSON.stringify(open[name].value).includes(secret);
  const names = Object.keys(open) as (keyof typeof open)[];
  // The list and the notification tell of what was said last; the rest have it, or nothing would be proved of them.
  const those = names.filter((name) => !["list", "notices"].includes(name));
  for (const name of those) await eventually(() => holds(name));

  server.world.redact(roomId, "ben", target, "regretted");
  await eventually(() => !names.some(holds));
  // The server still finds the words of the edit, which nobody redacted there.
  await open.search.until(({ server: { state } }) => state === "done");
  expect(names.filter(holds)).toEqual([]);
  expect(open.pins.value.pins[0]?.quote).toMatchObject({ state: "redacted", text: "" });

  const { handlers } = rig.core;
  await expect(handlers.loadEdits({ roomId, eventId: target })).rejects.toThrow("no such message");
  const later = [
    await handlers.loadEventSource({ roomId, target: { eventId: target, transactionId: null } }),
    await handlers.loadReactions({ roomId, eventId: target }),
    await exported(rig),
  ];
  expect(JSON.stringify(later)).not.toContain(secret);
  await eventually(() => filesWith(rig.platform.profileDir, secret).length === 0);
  for (const topic of names) open[topic].stop();

  const again = await rig.restart();
  await again.live();
  expect(again.watch("search", { text: secret, roomId: null }).value.results).toEqual([]);
  expect(JSON.stringify(again.watch("timeline", { roomId }).value)).not.toContain(secret);
  expect(again.watch("room", { roomId }).value.draft).toMatchObject({
    answers: { state: "redacted", text: "" },
  });
});

it("pictures among redacted words, and one somebody reacted with, leave the disk however they were written", async () => {
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const upload = (mark: string): string =>
    server.world.uploadMedia(Buffer.concat([pngOf(1, 1), Buffer.from(mark)]), "image/png");
  const marks = ["plain-address", "written-address", "reacted-address"];
  const [plain = "", written = "", reacted = ""] = marks.map(upload);
  // As an HTML writer may: every slash by its number.
  const asEntities = written.replaceAll("/", "&#x2f;");
  const target = ben({
    ...{ msgtype: "m.text", body: ":cat: :dog:", format: "org.matrix.custom.html" },
    formatted_body: `<img src="${plain}" alt="cat"><img data-mx-emoticon src="${asEntities}" alt="dog">`,
  });
  const reaction = ben(
    { "m.relates_to": { rel_type: "m.annotation", event_id: target, key: reacted }, shortcode: ":party:" },
    "m.reaction",
  );
  const timeline = rig.watch("timeline", { roomId });
  await timeline.until(({ items }) =>
    items.some((item) => item.kind === "message" && item.relations?.reactions.length === 1),
  );
  const item = timeline.value.items.findLast((one) => one.kind === "message");
  const shown = item?.kind === "message" && item.body.type === "text" ? item.body.html : null;
  const paths = [...(shown ?? "").matchAll(/data-mxc="([^"]+)"/g)].map(([, path = ""]) =>
    path.replaceAll("&amp;", "&"),
  );
  const picture = item?.kind === "message" ? item.relations?.reactions[0]?.picture : null;
  expect(picture?.name).toBe("party");
  for (const path of [...paths, picture?.path ?? ""])
    expect(await rig.core.media(path)).toMatchObject({ ok: true });
  const { profileDir } = rig.platform;
  for (const mark of marks) await eventually(() => filesWith(profileDir, mark).length > 0);
  server.world.redact(roomId, "ben", target);
  server.world.redact(roomId, "ben", reaction);
  await rig.caughtUp("ann");
  for (const mark of marks) await eventually(() => filesWith(profileDir, mark).length === 0);
});
