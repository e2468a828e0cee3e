import { afterEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { MessageItem } from "../../preload/contract/models/timeline.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import { CoreRig, endAll, eventually, filesWith, homeserverWith, roomNamed } from "./testing/core-rig.ts";

// What is said of messages, through the whole core and a homeserver that loses answers, with kills in between.

let server: Homeserver;
let roomId: RoomId;
async function started(): Promise<CoreRig> {
  server = await homeserverWith("Ann", "Ben");
  roomId = server.world.createRoom({ creator: "ann", members: ["ben"], name: "Garden" }) as RoomId;
  return (await CoreRig.start(server)).signIn("ann");
}
afterEach(endAll);

let made = 0;
const act = (target: MessageTarget) => ({
  roomId,
  target,
  transactionId: `act-number-${++made}` as TransactionId,
});
const event = (eventId: string): MessageTarget => ({ eventId: eventId as EventId, transactionId: null });
const ofType = (type: string) => server.world.events(roomId).filter((one) => one.type === type);
const messageNamed = (view: Topics["timeline"]["snapshot"], text: string): MessageItem | undefined =>
  view.items.find((item): item is MessageItem => item.kind === "message" && item.body.text === text);

it("a reaction whose answer is lost is one reaction, there and here", async () => {
  const rig = await started();
  const eventId = server.world.sendMessage(roomId, "ben", "hello");
  const timeline = rig.watch("timeline", { roomId });
  await timeline.until((view) => messageNamed(view, "hello") !== undefined);
  server.faults.add({
    on: { method: "PUT", path: /\/send\/m\.reaction\// },
    do: { answerLost: true },
    times: 2,
  });
  await rig.core.handlers.react({ ...act(event(eventId)), key: "👍" });
  await timeline.until((view) => {
    const [chip] = messageNamed(view, "hello")?.relations?.reactions ?? [];
    return chip?.isOwn === true && chip.send === null;
  });
  expect(ofType("m.reaction")).toHaveLength(1);
});

it("what was said of an unsent message survives a kill and arrives after it, in order", async () => {
  const rig = await started();
  server.cut();
  const transactionId = await rig.type(roomId, "one");
  const target = { eventId: null, transactionId };
  await rig.core.handlers.react({ ...act(target), key: "👍" });
  const content = { msgtype: "m.text", body: "an answer" } as const;
  const { target: replyTo, ...reply } = act(target);
  await rig.core.handlers.sendMessage({ ...reply, content, replyTo });
  await rig.core.handlers.editMessage({ ...act(target), content: { msgtype: "m.text", body: "two" } });
  const again = rig.kill();
  server.mend();
  const second = await again();
  await second.live();
  const timeline = second.watch("timeline", { roomId });
  await timeline.until(
    (view) =>
      messageNamed(view, "an answer")?.eventId !== null &&
      messageNamed(view, "two")?.relations?.reactions[0]?.send === null,
  );
  const [message, ...later] = ofType("m.room.message");
  const answer = later.find(({ content }) => content["body"] === "an answer");
  expect(answer?.content["m.relates_to"]).toEqual({ "m.in_reply_to": { event_id: message?.event_id } });
  expect(ofType("m.reaction").map(({ content: { "m.relates_to": to } }) => to)).toEqual([
    { rel_type: "m.annotation", event_id: message?.event_id, key: "👍" },
  ]);
});

it("a message deleted while it is on the wire is gone everywhere, its edit too", async () => {
  const rig = await started();
  const timeline = rig.watch("timeline", { roomId });
  server.faults.add({
    on: { method: "PUT", path: /\/send\/m\.room\.message\// },
    do: { answerLost: true },
    times: 1,
  });
  const transactionId = await rig.type(roomId, "unspeakable words");
  const target = { eventId: null, transactionId };
  await server.wire.waitFor((request) => request.path.includes("/send/m.room.message/"));
  await rig.core.handlers.editMessage({
    ...act(target),
    content: { msgtype: "m.text", body: "unspeakable again" },
  });
  await rig.core.handlers.redactMessage({ ...act(target), reason: "not for here" });
  await timeline.until(({ items }) =>
    items.some((item) => item.kind === "redacted" && item.eventId !== null),
  );
  await eventually(() => ofType("m.room.redaction").length > 0);
  await rig.caughtUp("ann");
  expect(ofType("m.room.redaction")).toHaveLength(1);
  const profileDir = rig.platform.profileDir;
  await rig.close();
  expect(filesWith(profileDir, "unspeakable")).toEqual([]);
});

it("the list shows the last words of a message, and those before when the edit is deleted", async () => {
  const rig = await started();
  const eventId = server.world.sendMessage(roomId, "ben", "first words");
  const list = rig.watch("roomList");
  const edit = server.world.sendMessage(roomId, "ben", {
    ...{ msgtype: "m.text", body: "* last words" },
    "m.new_content": { msgtype: "m.text", body: "last words" },
    "m.relates_to": { rel_type: "m.replace", event_id: eventId },
  });
  await list.until((rooms) => roomNamed(rooms, "Garden")?.preview?.text === "last words");
  server.world.redact(roomId, "ben", edit);
  await list.until((rooms) => roomNamed(rooms, "Garden")?.preview?.text === "first words");
  const { versions } = await rig.core.handlers.loadEdits({ roomId, eventId: eventId as EventId });
  expect(versions.map(({ body }) => body.text)).toEqual(["first words"]);
});

it("an answer to a deleted message says so: deleted while it is here, before, and far back", async () => {
  const answers = (eventId: string, body: string) =>
    server.world.sendMessage(roomId, "ben", {
      ...{ msgtype: "m.text", body },
      "m.relates_to": { "m.in_reply_to": { event_id: eventId } },
    });
  const rig = await started();
  const far = server.world.sendMessage(roomId, "ben", "unspeakable, far back");
  server.world.redact(roomId, "ben", far);
  await rig.close();
  for (let i = 0; i < 80; i++) server.world.sendMessage(roomId, "ben", `talk ${i}`);
  const before = server.world.sendMessage(roomId, "ben", "unspeakable before");
  const here = server.world.sendMessage(roomId, "ben", "unspeakable here");
  const sticker = server.world.sendMessage(
    roomId,
    "ben",
    { body: "unspeakable", url: "mxc://dunlin.test/s", info: {} },
    { type: "m.sticker" },
  );
  const ids = [far, before, here, sticker];
  const answer = ids.map((eventId, i) => answers(eventId, `answer ${i}`));
  server.world.redact(roomId, "ben", before);
  const second = await (await CoreRig.start(server)).signIn("ann");
  const stateIn = (view: Topics["timeline"]["snapshot"], i: number) =>
    messageNamed(view, `answer ${i}`)?.relations?.reply;
  const timeline = second.watch("timeline", { roomId });
  const focus = second.watch("timeline", { roomId, focus: answer[2] as EventId });
  await timeline.until((view) => stateIn(view, 2)?.state === "shown");
  for (const eventId of [here, sticker]) server.world.redact(roomId, "ben", eventId);
  for (const view of [timeline, focus])
    await view.until((one) => ids.every((_, i) => stateIn(one, i)?.state === "redacted"));
  expect(stateIn(timeline.value, 0)).toMatchObject({ eventId: far, text: "", sender: { name: "Ben" } });
});

it("a message that somebody answers is told as it is: edited, then deleted", async () => {
  const rig = await started();
  const eventId = server.world.sendMessage(roomId, "ben", "first words");
  await rig.caughtUp("ann");
  const quote = rig.watch("quote", { roomId, target: event(eventId) });
  await quote.until(({ text }) => text === "first words");
  server.world.sendMessage(roomId, "ben", {
    ...{ msgtype: "m.text", body: "* better words" },
    "m.new_content": { msgtype: "m.text", body: "better words" },
    "m.relates_to": { rel_type: "m.replace", event_id: eventId },
  });
  await quote.until(({ text }) => text === "better words");
  server.world.redact(roomId, "ben", eventId);
  await quote.until(({ state }) => state === "redacted");
  expect(quote.value).toMatchObject({ eventId, text: "" });
});

it("an unsent message that somebody answers is told while it waits, once it is sent, and when we delete it", async () => {
  const rig = await started();
  server.cut();
  const sent = { eventId: null, transactionId: await rig.type(roomId, "one") };
  const dropped = { eventId: null, transactionId: await rig.type(roomId, "two") };
  const one = rig.watch("quote", { roomId, target: sent });
  const two = rig.watch("quote", { roomId, target: dropped });
  expect([one.value, two.value]).toMatchObject([
    { state: "shown", text: "one", eventId: null, sender: { isOwn: true } },
    { state: "shown", text: "two" },
  ]);
  await rig.core.handlers.redactMessage({ ...act(dropped), reason: null });
  await two.until(({ state }) => state === "redacted");
  expect(two.value).toMatchObject({ eventId: null, text: "" });
  server.mend();
  await one.until(({ eventId }) => eventId !== null);
  expect(one.value).toMatchObject({ state: "shown", text: "one" });
  // Ours, and on its way out: shown as deleted here at once, as in the timeline.
  server.cut();
  await rig.core.handlers.redactMessage({ ...act(sent), reason: null });
  await one.until(({ state }) => state === "redacted");
});

it("an unsent message that is edited after an attempt is still the one that is answered, quoted and forwarded", async () => {
  const rig = await started();
  const other = server.world.createRoom({ creator: "ann", name: "Kitchen" }) as RoomId;
  await rig.caughtUp("ann");
  // It may have arrived: refused after an attempt, an edit gives it another transaction id.
  const refusal = server.faults.add({
    on: { method: "PUT", path: /\/send\/m\.room\.message\// },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });
  const transactionId = await rig.type(roomId, "one");
  const timeline = rig.watch("timeline", { roomId });
  await timeline.until((view) => messageNamed(view, "one")?.send?.state === "unsent");
  const target = { eventId: null, transactionId };
  const quote = rig.watch("quote", { roomId, target });
  server.cut();
  refusal.remove();
  await rig.core.handlers.editSend({ roomId, transactionId, content: { msgtype: "m.text", body: "two" } });
  await quote.until(({ text }) => text === "two");
  expect(quote.value.state).toBe("shown");
  const content = { msgtype: "m.text", body: "an answer" } as const;
  const { target: replyTo, ...reply } = act(target);
  await rig.core.handlers.sendMessage({ ...reply, content, replyTo });
  const copy = { roomId: other, transactionId: "t-copy-of-it" as TransactionId };
  await rig.core.handlers.forwardMessage({ roomId, target, to: [copy] });
  // Edited once more under the name it had first.
  await rig.core.handlers.editMessage({ ...act(target), content: { msgtype: "m.text", body: "three" } });
  server.mend();
  await rig.core.handlers.networkIsBack({});
  // It may be on the wire by then: new words are an edit of their own, of the same message.
  await eventually(() => ofType("m.room.message").length === 3);
  const [first, answer, edit] = ofType("m.room.message");
  expect(first?.content).toMatchObject({ body: "two" });
  expect(edit?.content).toMatchObject({
    "m.new_content": { body: "three" },
    "m.relates_to": { rel_type: "m.replace", event_id: first?.event_id },
  });
  expect(answer?.content["m.relates_to"]).toEqual({ "m.in_reply_to": { event_id: first?.event_id } });
  await eventually(() => server.world.events(other).some(({ content: said }) => said["body"] === "two"));
  await quote.until(({ eventId }) => eventId === first?.event_id);
});
