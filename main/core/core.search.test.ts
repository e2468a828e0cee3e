import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import type { SearchView } from "../../preload/contract/models/search.ts";
import { type CoreRig, endAll, eventually, filesWith, texts } from "./testing/core-rig.ts";
import type { Recorder } from "./testing/recorder.ts";
import { garden, roomStory } from "./testing/room-story.ts";

// Finding messages, end to end over real files and real HTTP: what is here, what only the server has, and what is gone.

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => void ({ server, roomId } = await garden()));
afterEach(endAll);

const { started } = roomStory(() => server);
const search = (rig: CoreRig, text: string, room: RoomId | null = null): Recorder<"search"> =>
  rig.watch("search", { text, roomId: room });
const found = ({ results }: SearchView): string[] =>
  results.map(({ snippet }) => snippet.map(({ text }) => text).join(""));
/** Each a second after the one before. */
let clock = Date.UTC(2026, 0, 1);
const say = (text: string, sender = "ben"): EventId =>
  server.world.sendMany(roomId, 1, () => ({
    sender,
    content: text,
    originServerTs: (clock += 1000),
  }))[0] as EventId;
const whole = (view: SearchView): boolean => view.here === "done" && view.indexed === 1;
/** What is found once everything is indexed. */
async function foundFor(rig: CoreRig, text: string, room: RoomId | null = null): Promise<string[]> {
  const results = search(rig, text, room);
  const view = await results.until(whole);
  results.stop();
  return found(view);
}

describe("searching what is here", () => {
  it("finds words, parts of words, phrases and scripts without blanks, newest first", async () => {
    for (const text of ["The harbour is quiet", "quiet Harbours", "Crème brûlée", "明日の会議は三時", "ok"])
      say(text);
    const rig = await started();
    await rig.caughtUp("ann");
    expect(await foundFor(rig, "harbour")).toEqual(["quiet Harbours", "The harbour is quiet"]);
    expect(await foundFor(rig, "ARBOU")).toEqual(["quiet Harbours", "The harbour is quiet"]);
    expect(await foundFor(rig, "quiet harb")).toEqual(["quiet Harbours", "The harbour is quiet"]);
    expect(await foundFor(rig, '"harbour is"')).toEqual(["The harbour is quiet"]);
    expect(await foundFor(rig, "creme brulee")).toEqual(["Crème brûlée"]);
    expect(await foundFor(rig, "会議")).toEqual(["明日の会議は三時"]);
    expect(await foundFor(rig, "議")).toEqual(["明日の会議は三時"]);
    expect(await foundFor(rig, "会議は三")).toEqual(["明日の会議は三時"]);
    expect(await foundFor(rig, "ok")).toEqual(["ok"]);
    expect(await foundFor(rig, "nothing of it")).toEqual([]);
  });

  it("has what was said within one millisecond in the order of its room", async () => {
    const lines = Array.from({ length: 8 }, (_, i) => `line ${i}`);
    server.world.sendMany(roomId, 8, (i) => ({ sender: "ben", content: lines[i]!, originServerTs: clock }));
    const rig = await started();
    await rig.caughtUp("ann");
    expect(await foundFor(rig, "line")).toEqual(lines.toReversed());
  });

  it("finds by person, room, kind and time", async () => {
    const other = server.world.createRoom({ creator: "ben", members: ["ann"], name: "Kitchen" });
    say("soup of ben");
    say("soup of ann", "ann");
    server.world.sendMessage(other, "ben", "soup in the kitchen https://example.org");
    server.world.sendMany(roomId, 1, () => ({
      sender: "ben",
      content: "soup of long ago",
      originServerTs: Date.UTC(2019, 5, 1),
    }));
    const rig = await started();
    await rig.caughtUp("ann");
    expect((await foundFor(rig, "soup from:ann")).sort()).toEqual(["soup of ann"]);
    expect(await foundFor(rig, "soup from:me")).toEqual(["soup of ann"]);
    expect(await foundFor(rig, "soup in:kitch")).toEqual(["soup in the kitchen https://example.org"]);
    expect(await foundFor(rig, "has:link")).toEqual(["soup in the kitchen https://example.org"]);
    expect(await foundFor(rig, "soup before:2020")).toEqual(["soup of long ago"]);
    expect(await foundFor(rig, "soup after:2020 in:garden from:ben")).toEqual(["soup of ben"]);
    expect(await foundFor(rig, "kitchen", roomId)).toEqual([]);
  });

  it("finds by what a message carries, whatever it is called, alone or with words", async () => {
    const url = "mxc://dunlin.test/file";
    const kinds = { photo: "m.image", film: "m.video", tune: "m.audio", plan: "m.file" };
    for (const [body, msgtype] of Object.entries(kinds))
      server.world.sendMessage(roomId, "ben", { msgtype, body: `${body} of the pier`, url });
    server.world.sendMessage(roomId, "ben", {
      ...{ msgtype: "m.audio", body: "spoken words", url },
      ...{ "org.matrix.msc3245.voice": {}, "org.matrix.msc1767.audio": { duration: 900 } },
    });
    server.world.sendMessage(roomId, "ben", { body: "a waving cat", url, info: {} }, { type: "m.sticker" });
    // A file by its name only, and one whose words were edited.
    server.world.sendMessage(roomId, "ben", { msgtype: "m.file", body: "", filename: "tide table.ods", url });
    say("no file, and the word video");
    const rig = await started();
    await rig.caughtUp("ann");
    const sorted = async (text: string) => (await foundFor(rig, text)).toSorted();
    expect(await sorted("has:video")).toEqual(["film of the pier"]);
    expect(await sorted("has:file")).toEqual(["plan of the pier", "tide table.ods"]);
    for (const kind of ["audio", "voice"])
      expect(await sorted(`has:${kind}`)).toEqual(["spoken words", "tune of the pier"]);
    expect(await sorted("has:image")).toEqual(["a waving cat", "photo of the pier"]);
    expect(await sorted("pier has:file")).toEqual(["plan of the pier"]);
    expect(await foundFor(rig, "has:file has:video")).toEqual([]);
  });

  it("finds the newest text of an edit and not the old one, whichever came first", async () => {
    const target = say("walrus");
    const rig = await started();
    await rig.caughtUp("ann");
    expect(await foundFor(rig, "walrus")).toEqual(["walrus"]);
    server.world.sendMessage(roomId, "ben", {
      msgtype: "m.text",
      body: "* penguin",
      "m.new_content": { msgtype: "m.text", body: "penguin" },
      "m.relates_to": { rel_type: "m.replace", event_id: target },
    });
    await rig.caughtUp("ann");
    expect(await foundFor(rig, "penguin")).toEqual(["penguin"]);
    expect(await foundFor(rig, "walrus")).toEqual([]);
    const penguin = search(rig, "penguin");
    expect((await penguin.until(whole)).results[0]?.eventId).toBe(target);
  });

  it("finds no more what is redacted, takes it out of open results, and leaves nothing of it on disk (RED-02)", async () => {
    const secret = "hippopotomonstrous";
    const target = say(`${secret} words`);
    const rig = await started();
    await rig.caughtUp("ann");
    const results = search(rig, "hippopo");
    await results.until((view) => view.results.length === 1);
    server.world.redact(roomId, "ben", target);
    await results.until((view) => view.results.length === 0);
    expect(await foundFor(rig, secret)).toEqual([]);
    await eventually(() => filesWith(rig.platform.profileDir, secret).length === 0);
  });

  it("works without a network, after a restart, also for what was cached when the index was not finished", async () => {
    server.world.sendMany(roomId, 500, (i) => ({ sender: "ben", content: `grain ${i} ripe` }));
    const rig = await started();
    await rig.core.handlers.fetchHistory({ roomId, isOn: true });
    const jobs = rig.watch("history");
    await jobs.until(({ jobs: left }) => left.length === 0);
    server.cut();
    const again = await rig.kill()();
    const results = again.watch("search", { text: '"grain 7 ripe"', roomId: null });
    const view = await results.until(whole);
    expect(found(view)).toEqual(["grain 7 ripe"]);
    expect(view.results[0]?.source).toBe("here");
  });

  it("keeps pages apart: more comes when asked for, nothing twice", async () => {
    const rig = await started();
    for (let i = 0; i < 80; i++) say(`wheat ${i}`);
    await rig.caughtUp("ann");
    await rig.core.handlers.fetchHistory({ roomId, isOn: true });
    await rig.watch("history").until(({ jobs }) => jobs.length === 0);
    const results = search(rig, "wheat", roomId);
    await results.until((view) => view.indexed === 1 && view.here === "more");
    while (results.value.here === "more") {
      await rig.core.handlers.searchMore({ text: "wheat", roomId });
      await results.until((view) => view.here !== "searching");
    }
    const all = found(await results.until((view) => view.here === "done"));
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(all.toSorted((a, b) => Number(b.slice(6)) - Number(a.slice(6))));
  });

  it("opens a result in its surroundings without the network", async () => {
    const target = say("the needle");
    const rig = await started();
    await rig.caughtUp("ann");
    server.cut();
    const results = search(rig, "needle");
    await results.until((view) => view.results.length === 1);
    const at = rig.watch("timeline", { roomId, focus: target });
    expect(texts(at.value)).toContain("the needle");
  });
});

describe("searching what only the server has", () => {
  const fill = (): void => {
    say("barley of old");
    server.world.sendMany(roomId, 200, (i) => ({ sender: "ben", content: `talk ${i}` }));
    say("barley of today");
  };

  it("adds the server's results to ours, once each, and says where they are", async () => {
    fill();
    const rig = await started();
    await rig.caughtUp("ann");
    const results = search(rig, "barley");
    const view = await results.until(({ server: asked }) => asked.state === "done");
    expect(found(view)).toEqual(["barley of today", "barley of old"]);
    expect(view.results.map(({ source }) => source)).toEqual(["here", "server"]);
    expect(view.results[1]?.snippet[0]).toEqual({ text: "barley", isMatch: true });
  });

  it("shows an edited message once, with its last words, and only what has what was asked for", async () => {
    const target = say("barly of old, see https://example.org");
    const edit = (body: string) => ({
      ...{ msgtype: "m.text", body: `* ${body}`, "m.new_content": { msgtype: "m.text", body } },
      "m.relates_to": { rel_type: "m.replace", event_id: target },
    });
    const [first, second] = ["barley of old", "barley of old, see https://example.org"];
    for (const content of [edit(first), edit(second)])
      server.world.sendMany(roomId, 1, () => ({ sender: "ben", content, originServerTs: (clock += 1000) }));
    fill();
    const rig = await started();
    await rig.caughtUp("ann");
    const results = search(rig, "barley old");
    const view = await results.until(({ server: asked }) => asked.state === "done");
    expect(found(view)).toEqual(["barley of old", second]);
    expect(view.results[1]?.eventId).toBe(target);
    const links = search(rig, "barley has:link");
    expect(found(await links.until(({ server: asked }) => asked.state === "done"))).toEqual([second]);
  });

  it("says when the server cannot be asked, and asks again when told to", async () => {
    fill();
    const rig = await started();
    await rig.caughtUp("ann");
    const rule = server.faults.add({
      on: { path: /\/search$/ },
      do: { error: { status: 500, errcode: "M_UNKNOWN" } },
    });
    const results = search(rig, "barley");
    await results.until(({ server: asked }) => asked.state === "failed");
    rule.remove();
    await rig.core.handlers.searchMore({ text: "barley", roomId: null });
    const view = await results.until(({ server: asked }) => asked.state === "done");
    expect(found(view)).toEqual(["barley of today", "barley of old"]);
  });

  it("does not ask it for what is all here, nor about encrypted rooms", async () => {
    say("rye");
    const rig = await started();
    await rig.caughtUp("ann");
    await rig.core.handlers.fetchHistory({ roomId, isOn: true });
    await rig.watch("history").until(({ jobs }) => jobs.length === 0);
    const results = search(rig, "rye", roomId);
    await results.until(whole);
    expect(results.value.server).toEqual({ state: "off", reason: "all-here" });
    expect(server.wire.count("POST", /\/search$/)).toBe(0);
  });

  it("believes no result of a room it did not ask about", async () => {
    fill();
    const rig = await started();
    await rig.caughtUp("ann");
    server.faults.add({
      on: { path: /\/search$/ },
      do: {
        rewrite: (json) =>
          JSON.parse(
            JSON.stringify(json).replaceAll(`"room_id":"${roomId}"`, '"room_id":"!evil:x"'),
          ) as unknown,
      },
    });
    const results = search(rig, "barley");
    const view = await results.until(({ server: asked }) => asked.state === "done");
    expect(found(view)).toEqual(["barley of today"]);
  });
});

describe("fetching a whole history", () => {
  it("goes on to the start by itself, through refusals, and across a restart", async () => {
    server.world.sendMany(roomId, 450, (i) => ({ sender: "ben", content: `oats ${i}` }));
    const rig = await started();
    server.faults.add({
      on: { path: /\/messages$/ },
      do: { error: { status: 429, errcode: "M_LIMIT_EXCEEDED" } },
      times: 1,
    });
    const jobs = rig.watch("history");
    await rig.core.handlers.fetchHistory({ roomId, isOn: true });
    await jobs.until(({ jobs: [job] }) => job !== undefined && job.events > 100);
    const again = await rig.restart();
    const left = again.watch("history");
    await left.until(({ jobs: [job] }) => job === undefined);
    expect(await foundFor(again, '"oats 0"')).toEqual(["oats 0"]);
    expect(again.server.wire.count("GET", /\/messages$/)).toBeLessThan(12);
  });

  it("waits while paused, and stops when told to", async () => {
    server.world.sendMany(roomId, 450, (i) => ({ sender: "ben", content: `oats ${i}` }));
    const rig = await started();
    const jobs = rig.watch("history");
    await rig.core.handlers.pauseHistory({ isPaused: true });
    await rig.core.handlers.fetchHistory({ roomId, isOn: true });
    expect(jobs.value).toMatchObject({ isPaused: true, jobs: [{ roomId, state: "paused" }] });
    await rig.core.handlers.fetchHistory({ roomId, isOn: false });
    expect(jobs.value.jobs).toEqual([]);
  });
});

describe("jumping to a date", () => {
  it("asks the server, and without it finds what is here", async () => {
    const at = (ts: number, content: string) => ({ sender: "ben", content, originServerTs: ts });
    const [old = "", newer = ""] = server.world.sendMany(roomId, 2, (i) =>
      at(Date.UTC(2020 + i, 0, 1), `year ${i}`),
    );
    const rig = await started();
    await rig.caughtUp("ann");
    await foundFor(rig, "year");
    const asked = { roomId, ts: Date.UTC(2020, 6, 1) };
    expect(await rig.core.handlers.findEventAt(asked)).toEqual({ eventId: newer, ts: Date.UTC(2021, 0, 1) });
    server.cut();
    expect(await rig.core.handlers.findEventAt(asked)).toEqual({ eventId: newer, ts: Date.UTC(2021, 0, 1) });
    expect((await rig.core.handlers.findEventAt({ roomId, ts: 0 })).eventId).toBe(old);
  });
});
