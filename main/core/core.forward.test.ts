import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import { FailureError } from "./failure.ts";
import { CoreRig, endAll, eventually, homeserverWith, texts } from "./testing/core-rig.ts";
import { pngOf } from "./media/pictures.ts";
import { forwardable } from "./timeline/forward.ts";

// A message said again in other rooms, through the whole core.

let server: Homeserver;
let [from, garden, harbour] = ["", "", ""] as RoomId[] as [RoomId, RoomId, RoomId];
beforeEach(async () => {
  server = await homeserverWith("Ann", "Ben");
  const aRoom = (name: string): RoomId =>
    server.world.createRoom({ creator: "ann", members: ["ben"], name }) as RoomId;
  [from, garden, harbour] = [aRoom("From"), aRoom("Garden"), aRoom("Harbour")];
});
afterEach(endAll);

const UPLOAD = /\/media\/v3\/upload$/;

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const event = (eventId: EventId): MessageTarget => ({ eventId, transactionId: null });
let made = 0;
const to = (...rooms: RoomId[]) =>
  rooms.map((roomId) => ({ roomId, transactionId: `forward-number-${++made}` as TransactionId }));
const said = (roomId: RoomId) =>
  server.world
    .events(roomId)
    .filter(({ type }) => type === "m.room.message" || type === "m.sticker")
    .map(({ type, content }) => ({ type, content }));
const say = (content: string | Record<string, unknown>, options = {}): EventId =>
  server.world.sendMessage(from, "ben", content, options) as EventId;

it("goes to several rooms at once, with its last words, without relations, mentions and quote", async () => {
  const question = say("Is it ripe?");
  const answer = say({
    msgtype: "m.text",
    body: `> <${server.world.user("ben").userId}> Is it ripe?\n\nYes, Ann`,
    format: "org.matrix.custom.html",
    formatted_body: "<mx-reply><blockquote>Is it ripe?</blockquote></mx-reply>Yes, <b>Ann</b>",
    "m.mentions": { user_ids: [server.world.user("ann").userId] },
    "m.relates_to": { "m.in_reply_to": { event_id: question } },
  });
  const edited = say({ msgtype: "m.text", body: "frist" });
  say({
    ...{ msgtype: "m.text", body: "* first" },
    "m.new_content": { msgtype: "m.text", body: "first", "m.mentions": { room: true } },
    "m.relates_to": { rel_type: "m.replace", event_id: edited },
  });
  const rig = await started();
  await rig.core.handlers.forwardMessage({ roomId: from, target: event(answer), to: to(garden, harbour) });
  await rig.core.handlers.forwardMessage({ roomId: from, target: event(edited), to: to(garden) });
  await eventually(() => said(garden).length === 2 && said(harbour).length === 1);
  const plain = {
    msgtype: "m.text",
    body: "Yes, Ann",
    format: "org.matrix.custom.html",
    formatted_body: "Yes, <b>Ann</b>",
    "m.mentions": {},
  };
  expect(said(garden).map(({ content }) => content)).toEqual([
    plain,
    { msgtype: "m.text", body: "first", "m.mentions": {} },
  ]);
  expect(said(harbour).map(({ content }) => content)).toEqual([plain]);
});

it("files, places and stickers go by their address, nothing is uploaded again", async () => {
  const picture = {
    ...{ msgtype: "m.image", body: "a tree", filename: "tree.png", url: "mxc://dunlin.test/tree" },
    info: { w: 10, h: 10, mimetype: "image/png", size: 99 },
  };
  const sticker = { body: "hi", url: "mxc://dunlin.test/hi", info: { w: 5, h: 5 } };
  const place = { msgtype: "m.location", body: "Quay", geo_uri: "geo:1.5,2.5" };
  const ids = [say(picture), say(place), say(sticker, { type: "m.sticker" })];
  const rig = await started();
  for (const eventId of ids)
    await rig.core.handlers.forwardMessage({ roomId: from, target: event(eventId), to: to(garden) });
  await eventually(() => said(garden).length === 3);
  expect(said(garden)).toEqual([
    { type: "m.room.message", content: { ...picture, "m.mentions": {} } },
    { type: "m.room.message", content: { ...place, "m.mentions": {} } },
    { type: "m.sticker", content: { ...sticker, "m.mentions": {} } },
  ]);
  expect(server.wire.requests.filter(({ path }) => path.includes("/media/v3/upload"))).toEqual([]);
});

it("offline it waits as any message, survives a kill, and is said once when it is repeated", async () => {
  const eventId = say("hello");
  const rig = await started();
  server.cut();
  const places = to(garden, harbour);
  await rig.core.handlers.forwardMessage({ roomId: from, target: event(eventId), to: places });
  await rig.core.handlers.forwardMessage({ roomId: from, target: event(eventId), to: places });
  const timeline = rig.watch("timeline", { roomId: garden });
  expect(texts(timeline.value)).toEqual(["hello"]);
  const again = rig.kill();
  server.mend();
  await (await again()).live();
  await eventually(() => said(garden).length > 0 && said(harbour).length > 0);
  expect([said(garden).length, said(harbour).length]).toEqual([1, 1]);
});

describe("what is not sent yet", () => {
  const unsent = (transactionId: TransactionId): MessageTarget => ({ eventId: null, transactionId });

  it("is forwarded offline with its last words, by itself: also when the first is deleted", async () => {
    const rig = await started();
    server.cut();
    const one = await rig.type(from, "frist");
    const two = await rig.type(from, "second");
    const edit = { roomId: from, transactionId: "edit-number-1" as TransactionId, target: unsent(one) };
    await rig.core.handlers.editMessage({ ...edit, content: { msgtype: "m.text", body: "first" } });
    await rig.core.handlers.forwardMessage({ roomId: from, target: unsent(one), to: to(garden) });
    await rig.core.handlers.forwardMessage({ roomId: from, target: unsent(two), to: to(garden) });
    await rig.core.handlers.deleteSend({ roomId: from, transactionId: two });
    const timeline = rig.watch("timeline", { roomId: garden });
    expect(texts(timeline.value)).toEqual(["first", "second"]);
    const again = rig.kill();
    server.mend();
    await (await again()).live();
    await eventually(() => said(garden).length === 2 && said(from).length > 0);
    expect(JSON.stringify(said(from))).not.toContain("second");
    expect(said(garden).map(({ content }) => content["body"])).toEqual(["first", "second"]);
  });

  it("is a file that goes to the server once, whichever room comes first", async () => {
    const rig = await started();
    const bytes = pngOf(40, 30);
    const body = (async function* () {
      yield await Promise.resolve(bytes);
    })();
    const path = "staged/staged-to-forward-1?name=hill.png";
    const answer = await rig.core.stage({ path, contentType: "image/png", length: bytes.length, body });
    if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
    const { stagedId } = answer.file;
    server.faults.add({ on: { path: UPLOAD }, do: { status: { code: 502 } }, times: 1 });
    const transactionId = "file-to-forward" as TransactionId;
    const attachment = {
      ...{ stagedId, caption: "The hill", thumbnail: null, width: null, height: null },
      ...{ durationMs: null, blurhash: null, voice: null },
    };
    server.cut();
    await rig.core.handlers.sendAttachment({ roomId: from, transactionId, attachment });
    const places = to(garden, harbour);
    await rig.core.handlers.forwardMessage({ roomId: from, target: unsent(transactionId), to: places });
    const timeline = rig.watch("timeline", { roomId: garden });
    await timeline.until(({ items }) => JSON.stringify(items).includes(`staged/${stagedId}`));
    server.mend();
    await eventually(() => [from, garden, harbour].every((roomId) => said(roomId).length === 1));
    const urls = [from, garden, harbour].map((roomId) => said(roomId)[0]?.content["url"]);
    expect(new Set(urls).size).toBe(1);
    expect(said(garden)[0]?.content).toMatchObject({
      msgtype: "m.image",
      body: "The hill",
      filename: "hill.png",
    });
    const uploads = server.wire.requests.filter(({ path, status }) => UPLOAD.test(path) && status === 200);
    expect(uploads).toHaveLength(1);
    await eventually(() => readdirSync(join(rig.platform.profileDir, "staged")).length === 0);
  });

  it("and was deleted, or never was, is refused", async () => {
    const rig = await started();
    server.cut();
    await rig.type(from, "tried first");
    const one = await rig.type(from, "gone");
    expect(await rig.core.handlers.deleteSend({ roomId: from, transactionId: one })).toEqual({
      isDeleted: true,
    });
    const refused = (async () =>
      rig.core.handlers.forwardMessage({ roomId: from, target: unsent(one), to: to(garden) }))();
    await expect(refused).rejects.toThrow(FailureError);
  });
});

it("what was sent and is not back by sync yet is forwarded from here, by either name, without asking anybody", async () => {
  const rig = await started();
  let release: (value: unknown) => void = () => undefined;
  const holdAnswer = new Promise((resolve) => (release = resolve));
  server.faults.add({ on: { path: /\/sync$/ }, do: { holdAnswer } });
  const transactionId = await rig.type(from, "just said");
  const timeline = rig.watch("timeline", { roomId: from });
  await timeline.until(({ items }) =>
    items.some((item) => item.kind === "message" && item.send?.state === "sent" && item.eventId !== null),
  );
  const item = timeline.value.items.findLast((one) => one.kind === "message");
  const eventId = item?.eventId as EventId;
  server.cut();
  for (const target of [event(eventId), { eventId: null, transactionId }, { eventId, transactionId }])
    await rig.core.handlers.forwardMessage({ roomId: from, target, to: to(garden) });
  expect(texts(rig.watch("timeline", { roomId: garden }).value)).toEqual(Array(3).fill("just said"));
  release(null);
});

it("what is not stored here is fetched", async () => {
  const eventId = say("old words");
  for (let i = 0; i < 80; i++) say(`talk ${i}`);
  const rig = await started();
  await rig.core.handlers.forwardMessage({ roomId: from, target: event(eventId), to: to(garden) });
  await eventually(() => said(garden).length === 1);
  expect(said(garden)[0]?.content).toMatchObject({ body: "old words" });
});

it("what was deleted, a poll, and what is nobody's are refused", async () => {
  const gone = say("unspeakable");
  server.world.redact(from, "ben", gone);
  const poll = say(
    { "m.text": [{ body: "Apples?" }], "m.poll": { question: {}, answers: [] } },
    { type: "m.poll.start" },
  );
  const rig = await started();
  for (const eventId of [gone, poll, "$unknown" as EventId]) {
    const refused = (async () =>
      rig.core.handlers.forwardMessage({ roomId: from, target: event(eventId), to: to(garden) }))();
    await expect(refused).rejects.toThrow(FailureError);
  }
  await rig.caughtUp("ann");
  expect(said(garden)).toEqual([]);
});

describe("what is forwarded", () => {
  const from = (content: Record<string, unknown>, eventType = "m.room.message") =>
    forwardable({ eventType, content });
  it("a quote of one's own stays: only answers begin with somebody else's", () => {
    const body = "> <@ben:x> said\n\nthat";
    expect(from({ msgtype: "m.text", body })?.content["body"]).toBe(body);
  });
  it("unknown kinds, empty messages and files of encrypted rooms are not", () => {
    expect(from({ msgtype: "org.example.game", body: "x" })).toBeNull();
    expect(from({ msgtype: "m.text" })).toBeNull();
    expect(from({ msgtype: "m.image", body: "x", file: { url: "mxc://a/b", key: {} } })).toBeNull();
    expect(from({ body: "x" }, "m.reaction")).toBeNull();
  });
});
