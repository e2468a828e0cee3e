import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { StickersView } from "../../preload/contract/models/sticker.ts";
import { type CoreRig, endAll, eventually } from "./testing/core-rig.ts";
import { garden, roomStory } from "./testing/room-story.ts";

// Packs of stickers through the whole core (spec: Image packs; MSC2545 for our own).

const OWN = "im.ponies.user_emotes";
let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => void ({ server, roomId } = await garden()));
afterEach(endAll);

const { started } = roomStory(() => server);
const cat = {
  url: "mxc://dunlin.test/cat",
  body: "a waving cat",
  info: { w: 512, h: 500, mimetype: "image/png" },
};
const ofOwn = (images: object) => server.world.accountData("ann", null, OWN, { images });
const told = ({ packs }: StickersView): string[] =>
  packs.map(({ id, stickers }) => `${id}: ${stickers.map(({ shortcode }) => shortcode).join()}`);
const stickersOn = () => server.world.events(roomId).filter(({ type }) => type === "m.sticker");
const own = () => server.world.readAccountData("ann", null, OWN)?.["images"] as Record<string, unknown>;

describe("what there is to send", () => {
  it("is our own pack, those we have everywhere, those of the room and of its spaces, in this order", async () => {
    const pack = (name: string) => ({ images: { [name]: { ...cat, url: `mxc://dunlin.test/${name}` } } });
    const world = server.world;
    const far = world.createRoom({ creator: "ann", name: "Far" }) as RoomId;
    const left = world.createRoom({ creator: "ben", name: "Left" }) as RoomId;
    const top = world.createRoom({ creator: "ann", type: "m.space", name: "Top" }) as RoomId;
    const space = world.createRoom({ creator: "ann", type: "m.space", name: "Town" }) as RoomId;
    world.sendState(far, "ann", "m.room.image_pack", "here", pack("far"));
    world.sendState(far, "ann", "m.room.image_pack", "hidden", pack("hidden"));
    world.sendState(left, "ben", "m.room.image_pack", "", pack("left"));
    world.sendState(roomId, "ben", "im.ponies.room_emotes", "", pack("before"));
    world.sendState(roomId, "ben", "m.room.image_pack", "", pack("now"));
    world.sendState(roomId, "ben", "m.room.image_pack", "emoji", {
      ...pack("only"),
      pack: { usage: ["emoticon"] },
    });
    world.sendState(roomId, "ben", "m.space.parent", space, { canonical: true, via: ["dunlin.test"] });
    world.sendState(space, "ann", "m.space.parent", top, { canonical: true, via: ["dunlin.test"] });
    // A circle of spaces ends.
    world.sendState(top, "ann", "m.space.parent", space, { canonical: true, via: ["dunlin.test"] });
    world.sendState(space, "ann", "m.room.image_pack", "", pack("town"));
    world.sendState(top, "ann", "m.room.image_pack", "", pack("top"));
    world.accountData("ann", null, "m.image_pack.rooms", {
      rooms: { [far]: { here: {} }, [left]: { "": {} } },
    });
    ofOwn({ cat });
    const rig = await started();
    const stickers = rig.watch("stickers", { roomId });
    expect(told(stickers.value)).toEqual([
      ...["own: cat", `${far} here: far`],
      ...[`${roomId} : now`, `${roomId} emoji: `],
      ...[`${space} : town`, `${top} : top`],
    ]);
    expect(stickers.value.packs[3]?.emoji.map(({ shortcode }) => shortcode)).toEqual(["only"]);
    // What changes is told; a pack that is emptied goes.
    world.sendState(roomId, "ben", "m.room.image_pack", "", { images: {} });
    await stickers.until((view) => told(view).includes(`${roomId} : before`));
  });

  it("holds nothing that is no picture of ours, whatever somebody wrote", async () => {
    const images = {
      web: { ...cat, url: "https://evil.example/track.png" },
      path: { ...cat, url: "mxc://dunlin.test/../../secret" },
      number: 7,
      none: {},
      "two\nlines": cat,
      ["long".repeat(40)]: cat,
      "": cat,
      odd: { url: cat.url, body: 7, info: { w: -3, h: 1e12, mimetype: "text/html", size: "big", evil: "x" } },
      "strange name": cat,
    };
    server.world.sendState(roomId, "ben", "m.room.image_pack", "", {
      images,
      pack: { display_name: { a: 1 } },
    });
    server.world.sendState(roomId, "ben", "m.room.image_pack", "2", { images: "none" });
    for (const [type, content] of [
      [OWN, { images: [cat] }],
      ["m.image_pack.rooms", { rooms: { [roomId]: 7, nowhere: { "": {} } } }],
    ] as const)
      server.world.accountData("ann", null, type, content);
    const rig = await started();
    const view = rig.watch("stickers", { roomId }).value;
    expect(told(view)).toEqual([`${roomId} : odd,strange name`]);
    expect(view.packs[0]).toMatchObject({
      name: "Garden",
      stickers: [{ words: "odd" }, { words: cat.body }],
    });
    const transactionId = "t-odd-sticker" as TransactionId;
    await rig.core.handlers.sendSticker({ roomId, transactionId, packId: `${roomId} `, shortcode: "odd" });
    await eventually(() => stickersOn().length === 1);
    expect(stickersOn()[0]?.content).toEqual({ body: "odd", info: {}, url: cat.url });
  });

  it("is at most so many of a pack, and of packs", async () => {
    const many = Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`s${i}`, cat]));
    for (let i = 0; i < 60; i++)
      server.world.sendState(roomId, "ben", "m.room.image_pack", `${i}`, {
        images: i === 0 ? many : { cat },
      });
    const rig = await started();
    const { packs } = rig.watch("stickers", { roomId }).value;
    expect(packs).toHaveLength(50);
    expect(packs[0]?.stickers).toHaveLength(500);
  });
});

describe("a sticker", () => {
  const sticker = { packId: "own", shortcode: "cat" };

  it("chosen without a connection is shown at once, and goes out once although the answer is lost", async () => {
    ofOwn({ cat });
    const rig = await started();
    server.cut();
    const transactionId = "t-sticker-once" as TransactionId;
    await rig.core.handlers.sendSticker({ roomId, transactionId, ...sticker });
    const timeline = rig.watch("timeline", { roomId });
    expect(timeline.value.items.at(-1)).toMatchObject({
      ...{ kind: "message", id: transactionId, body: { type: "sticker", text: cat.body } },
    });
    const again = await rig.restart();
    // Its pack is gone meanwhile: what was sent is sent, and the same again is the same.
    ofOwn({});
    server.faults.add({ on: { method: "PUT", path: /m\.sticker/ }, do: { answerLost: true }, times: 1 });
    server.mend();
    await again.core.handlers.networkIsBack({});
    await eventually(() => stickersOn().length === 1);
    await again.core.handlers.sendSticker({ roomId, transactionId, ...sticker });
    await again.caughtUp("ann");
    expect(stickersOn().map(({ content }) => content)).toEqual([
      { body: cat.body, info: cat.info, url: cat.url },
    ]);
  });

  it("answers a message, and stands in a thread", async () => {
    ofOwn({ cat });
    const asked = server.world.sendMessage(roomId, "ben", "which animal?") as EventId;
    const rig = await started();
    const target = { eventId: asked, transactionId: null };
    const send = (id: string, where: object) =>
      rig.core.handlers.sendSticker({ roomId, transactionId: id as TransactionId, ...sticker, ...where });
    await send("t-as-answer", { replyTo: target });
    await send("t-in-thread", { thread: target });
    await eventually(() => stickersOn().length === 2);
    const [answer, threaded] = stickersOn().map(({ content }) => content);
    expect(answer).toMatchObject({
      "m.relates_to": { "m.in_reply_to": { event_id: asked } },
      "m.mentions": { user_ids: [server.world.user("ben").userId] },
    });
    expect(threaded?.["m.relates_to"]).toMatchObject({ rel_type: "m.thread", event_id: asked });
  });

  it("that is not in its pack is refused in words", async () => {
    ofOwn({ cat });
    const rig = await started();
    const transactionId = "t-no-such-one" as TransactionId;
    const send = async () =>
      rig.core.handlers.sendSticker({ roomId, transactionId, packId: "own", shortcode: "constructor" });
    await expect(send()).rejects.toMatchObject({ failure: { kind: "invalid" } });
    expect(stickersOn()).toEqual([]);
  });
});

it("a custom emoji is a reaction, without a connection, over a restart, and taken back", async () => {
  const asked = server.world.sendMessage(roomId, "ben", "which animal?") as EventId;
  const rig = await started();
  const target = { eventId: asked, transactionId: null };
  const shown = (one: CoreRig) => {
    const item = one.watch("timeline", { roomId }).value.items.findLast(({ kind }) => kind === "message");
    return item?.kind === "message" ? item.relations?.reactions : undefined;
  };
  const reactions = () => server.world.events(roomId).filter(({ type }) => type === "m.reaction");
  server.cut();
  const transactionId = "t-custom-emoji" as TransactionId;
  await rig.core.handlers.react({ roomId, transactionId, target, key: cat.url, shortcode: "cat" });
  const picture = { path: "media/dunlin.test/cat?width=96&height=96&method=scale", name: "cat" };
  expect(shown(rig)).toMatchObject([{ key: cat.url, picture, isOwn: true }]);
  const again = await rig.restart();
  expect(shown(again)).toMatchObject([{ key: cat.url, picture, isOwn: true }]);
  server.mend();
  await again.core.handlers.networkIsBack({});
  await eventually(() => reactions().length === 1);
  expect(reactions()[0]?.content).toEqual({
    "m.relates_to": { rel_type: "m.annotation", event_id: asked, key: cat.url },
    shortcode: ":cat:",
  });
  await again.caughtUp("ann");
  expect(shown(again)).toMatchObject([{ key: cat.url, picture, count: 1, send: null }]);
  const back = "t-custom-back" as TransactionId;
  await again.core.handlers.unreact({ roomId, transactionId: back, target, key: cat.url });
  expect(shown(again) ?? []).toEqual([]);
});

describe("keeping a picture", () => {
  it("puts it beside what another device put there meanwhile, once, and takes it out again", async () => {
    const rig = await started();
    const say = (content: Record<string, unknown>, type: string) =>
      server.world.sendMessage(roomId, "ben", content, { type }) as EventId;
    const sticker = say({ ...cat }, "m.sticker");
    const { info } = cat;
    const photo = say(
      { msgtype: "m.image", body: "Der Kai, früh.jpg", url: "mxc://dunlin.test/kai", info },
      "m.room.message",
    );
    const words = say({ msgtype: "m.text", body: "no picture" }, "m.room.message");
    const gone = say({ ...cat, url: "mxc://dunlin.test/gone" }, "m.sticker");
    server.world.redact(roomId, "ben", gone);
    await rig.caughtUp("ann");
    const stickers = rig.watch("stickers", { roomId });
    ofOwn({ other: { url: "mxc://dunlin.test/other" } });
    await Promise.all(
      [sticker, photo, sticker].map(async (eventId) => rig.core.handlers.keepSticker({ roomId, eventId })),
    );
    expect(own()).toEqual({
      other: { url: "mxc://dunlin.test/other" },
      a_waving_cat: { ...cat, usage: ["sticker"] },
      der_kai_fru_h: { url: "mxc://dunlin.test/kai", body: "Der Kai, früh.jpg", info, usage: ["sticker"] },
    });
    expect(told(stickers.value)).toEqual(["own: other,a_waving_cat,der_kai_fru_h"]);
    for (const eventId of [words, gone])
      await expect(rig.core.handlers.keepSticker({ roomId, eventId })).rejects.toMatchObject({
        failure: { kind: "invalid" },
      });
    await rig.core.handlers.dropSticker({ shortcode: "a_waving_cat" });
    expect(Object.keys(own())).toEqual(["other", "der_kai_fru_h"]);
    expect(told(stickers.value)).toEqual(["own: other,der_kai_fru_h"]);
  });

  it("without a connection stands at once, over a restart, and joins what another device put there", async () => {
    ofOwn({ old: { url: "mxc://dunlin.test/old" } });
    const say = (name: string) =>
      server.world.sendMessage(
        roomId,
        "ben",
        { ...cat, body: name, url: `mxc://dunlin.test/${name}` },
        { type: "m.sticker" },
      ) as EventId;
    const [kept, regretted] = [say("kept"), say("regretted")];
    const rig = await started();
    server.cut();
    for (const eventId of [kept, regretted]) await rig.core.handlers.keepSticker({ roomId, eventId });
    await rig.core.handlers.dropSticker({ shortcode: "old" });
    await rig.core.handlers.dropSticker({ shortcode: "regretted" });
    expect(told(rig.watch("stickers", { roomId }).value)).toEqual(["own: kept"]);
    const again = await rig.restart();
    const stickers = again.watch("stickers", { roomId });
    expect(told(stickers.value)).toEqual(["own: kept"]);
    const transactionId = "t-sticker-kept" as TransactionId;
    await again.core.handlers.sendSticker({ roomId, transactionId, packId: "own", shortcode: "kept" });
    // Elsewhere the old one got another name, and another picture has that of the new one.
    const [old, other] = ["old", "other"].map((name) => ({ url: `mxc://dunlin.test/${name}` }));
    ofOwn({ renamed: old, kept: other });
    server.faults.add({ on: { method: "PUT", path: /user_emotes/ }, do: { answerLost: true }, times: 1 });
    server.mend();
    await again.core.handlers.networkIsBack({});
    await eventually(() => own()["kept_2"] !== undefined && own()["renamed"] === undefined);
    expect(own()).toEqual({
      kept: other,
      kept_2: { ...cat, body: "kept", url: "mxc://dunlin.test/kept", usage: ["sticker"] },
    });
    await stickers.until((view) => told(view).join() === "own: kept,kept_2");
    await eventually(() => stickersOn().some(({ sender }) => sender === server.world.user("ann").userId));
  });

  it("that is refused later is taken back", async () => {
    const eventId = server.world.sendMessage(roomId, "ben", { ...cat }, { type: "m.sticker" }) as EventId;
    const rig = await started();
    const stickers = rig.watch("stickers", { roomId });
    server.cut();
    await rig.core.handlers.keepSticker({ roomId, eventId });
    expect(told(stickers.value)).toEqual(["own: a_waving_cat"]);
    server.faults.add({
      on: { method: "PUT", path: /user_emotes/ },
      do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
    });
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await stickers.until((view) => told(view).length === 0);
  });

  it("that the server refuses says so", async () => {
    const rig = await started();
    const eventId = server.world.sendMessage(roomId, "ben", { ...cat }, { type: "m.sticker" }) as EventId;
    await rig.caughtUp("ann");
    server.faults.add({
      on: { method: "PUT", path: /user_emotes/ },
      do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
    });
    await expect(rig.core.handlers.keepSticker({ roomId, eventId })).rejects.toMatchObject({
      failure: { kind: "rejected" },
    });
    expect(told(rig.watch("stickers", { roomId }).value)).toEqual([]);
  });
});
