import { afterEach, beforeEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import { pngOf } from "./media/pictures.ts";
import { CoreRig, endAll, eventsOf, eventually, filesWith } from "./testing/core-rig.ts";
import { garden } from "./testing/room-story.ts";

// A message of long ago, reached by a jump: all that can be done with a message can be done with it, though nothing
// leads from the live timeline to it (CTX-01, RED-02).

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => void ({ server, roomId } = await garden()));
afterEach(endAll);

const say = (sender: string, content: string | Record<string, unknown>, type = "m.room.message"): EventId =>
  server.world.sendMessage(roomId, sender, content, { type }) as EventId;
const silence = (): void =>
  void server.world.sendMany(roomId, 150, (i) => ({ sender: "ben", content: `later ${i}` }));
let made = 0;
const act = (eventId: EventId) => ({
  roomId,
  target: { eventId, transactionId: null },
  transactionId: `far-back-${++made}` as TransactionId,
});
const ofType = (type: string) => server.world.events(roomId).filter((event) => event.type === type);

/** Ann's client with the message in front. */
async function jumpedTo(target: EventId) {
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const view = rig.watch("timeline", { roomId, focus: target });
  await view.until(({ focus }) => focus?.state === "shown");
  const shown = () => eventsOf(view.value).find(({ eventId }) => eventId === target);
  return { rig, view, shown };
}

it("has its history, its source and who reacted", async () => {
  const target = say("ben", "frist");
  say("ben", {
    ...{ msgtype: "m.text", body: "* first", "m.new_content": { msgtype: "m.text", body: "first" } },
    "m.relates_to": { rel_type: "m.replace", event_id: target },
  });
  say("ben", { "m.relates_to": { rel_type: "m.annotation", event_id: target, key: "👍" } }, "m.reaction");
  silence();
  const { rig } = await jumpedTo(target);
  const where = { roomId, eventId: target };
  const { versions } = await rig.core.handlers.loadEdits(where);
  expect(versions.map(({ body }) => body.text)).toEqual(["frist", "first"]);
  const { reactors } = await rig.core.handlers.loadReactions(where);
  expect(reactors.map(({ key, userId }) => [key, userId])).toEqual([["👍", server.world.user("ben").userId]]);
  const { source } = await rig.core.handlers.loadEventSource({
    roomId,
    target: { eventId: target, transactionId: null },
  });
  expect(JSON.parse(source)).toMatchObject({ event_id: target, content: { body: "frist" } });
});

it("loses our reaction when we take it back, and its author is told of an answer", async () => {
  const target = say("ben", "the question");
  const reaction = say(
    "ann",
    { "m.relates_to": { rel_type: "m.annotation", event_id: target, key: "👍" } },
    "m.reaction",
  );
  silence();
  const { rig, view, shown } = await jumpedTo(target);
  await rig.core.handlers.unreact({ ...act(target), key: "👍" });
  await eventually(() => ofType("m.room.redaction").some(({ redacts }) => redacts === reaction));
  await view.until(() => JSON.stringify(shown() ?? "👍").includes("👍") === false);
  const content = { msgtype: "m.text", body: "the answer" } as const;
  const { target: replyTo, transactionId } = act(target);
  await rig.core.handlers.sendMessage({ roomId, transactionId, content, replyTo });
  await eventually(() => ofType("m.room.message").at(-1)?.content["body"] === "the answer");
  expect(ofType("m.room.message").at(-1)?.content["m.mentions"]).toEqual({
    user_ids: [server.world.user("ben").userId],
  });
});

it("is voted on and ended, when it is a poll of ours", async () => {
  const poll = {
    ...{ kind: "org.matrix.msc3381.poll.disclosed", max_selections: 1 },
    question: { "org.matrix.msc1767.text": "Where?" },
    answers: [{ id: "a", "org.matrix.msc1767.text": "Pier" }],
  };
  const target = say("ann", { "org.matrix.msc3381.poll.start": poll }, "org.matrix.msc3381.poll.start");
  silence();
  // Far from the stretch around the question, and in the present of none.
  const reference = { rel_type: "m.reference", event_id: target };
  const answers = { answers: ["a"] };
  say(
    "ben",
    { "m.relates_to": reference, "org.matrix.msc3381.poll.response": answers },
    "org.matrix.msc3381.poll.response",
  );
  silence();
  const { rig, view, shown } = await jumpedTo(target);
  await view.until(() => JSON.stringify(shown()).includes('"voters":1'));
  const { transactionId } = act(target);
  await rig.core.handlers.votePoll({ roomId, transactionId, pollId: target, answerIds: ["a"] });
  await eventually(() => ofType("org.matrix.msc3381.poll.response").length === 2);
  await view.until(() => JSON.stringify(shown()).includes('"voters":2'));
  await rig.core.handlers.endPoll({ roomId, transactionId: act(target).transactionId, pollId: target });
  await eventually(() => ofType("org.matrix.msc3381.poll.end").length === 1);
  await view.until(() => JSON.stringify(shown()).includes('"isEnded":true'));
});

it("leaves no picture behind when it is deleted, wherever it named one", async () => {
  const { world } = server;
  const pictures = ["the picture", "its preview"].map((word) => ({
    word,
    mxc: world.uploadMedia(Buffer.concat([pngOf(1, 1), Buffer.from(word)]), "image/png"),
  }));
  const [picture, preview] = pictures.map(({ mxc }) => mxc);
  // The preview where the API of 2015 had it (MSG-10).
  const target = say("ben", {
    ...{ msgtype: "m.file", body: "notes.pdf", url: picture, thumbnail_url: preview },
  });
  silence();
  const { rig, view } = await jumpedTo(target);
  const profile = rig.platform.profileDir;
  for (const { mxc, word } of pictures) {
    const path = `media/${encodeURIComponent(server.serverName)}/${mxc.split("/").at(-1)}`;
    expect(await rig.core.media(path)).toMatchObject({ ok: true });
    await eventually(() => filesWith(profile, word).length > 0);
  }
  world.redact(roomId, "ben", target);
  await view.until(({ items }) => JSON.stringify(items).includes('"redacted"'));
  await eventually(() => pictures.every(({ word }) => filesWith(profile, word).length === 0));
});
