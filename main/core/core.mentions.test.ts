import { afterEach, beforeEach, expect, test } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { MessageItem } from "../../preload/contract/models/timeline.ts";
import type { PollView } from "../../preload/contract/models/poll.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import { CoreRig, endAll, eventsOf, homeserverWith } from "./testing/core-rig.ts";

// People and rooms looked up for mentions, and polls, through the whole core.

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => {
  server = await homeserverWith();
  const { world } = server;
  world.addUser("alice", { displayName: "Alice" });
  world.addUser("bob", { displayName: "Bob Baker" });
  for (let i = 0; i < 12; i++)
    world.addUser(`silent${i}`, { displayName: i < 2 ? "Silent Sam" : `Silent ${i}` });
  const members = ["alice", ...Array.from({ length: 12 }, (_, i) => `silent${i}`)];
  roomId = world.createRoom({ creator: "bob", members, name: "Harbour" }) as RoomId;
  world.setAlias("#harbour:dunlin.test", roomId);
  world.sendState(roomId, "bob", "m.room.canonical_alias", "", { alias: "#harbour:dunlin.test" });
  // So many words that who came in is no longer in the first sync.
  world.sendMany(roomId, 120, (index) => ({ sender: "@bob:dunlin.test", content: `word ${index}` }));
});
afterEach(endAll);

test("people nobody has heard speak are found once the server's list is here, the speaker first", async () => {
  const { core } = await (await CoreRig.start(server)).signIn("alice");
  const before = await core.handlers.findPeople({ roomId, query: "", isPatient: false });
  expect(before.isComplete).toBe(false);
  const after = await core.handlers.findPeople({ roomId, query: "s", isPatient: true });
  expect(after.isComplete).toBe(true);
  expect(after.people.length).toBe(12);
  const all = await core.handlers.findPeople({ roomId, query: "", isPatient: false });
  expect(all.isComplete).toBe(true);
  expect(all.people[0]?.name).toBe("Bob Baker");
  // Two of one name are told apart, and we are not asked to mention ourselves.
  const sams = await core.handlers.findPeople({ roomId, query: "silent sam", isPatient: true });
  expect(sams.people.map(({ isAmbiguous }) => isAmbiguous)).toEqual([true, true]);
  expect(all.people.some(({ userId }) => userId === "@alice:dunlin.test")).toBe(false);
  expect((await core.handlers.findPeople({ roomId, query: "%", isPatient: true })).people).toEqual([]);
  expect(server.wire.count("GET", /\/members$/)).toBe(1);
});

test("without a connection those who are known are found", async () => {
  const rig = await (await CoreRig.start(server)).signIn("alice");
  server.cut();
  const found = await rig.core.handlers.findPeople({ roomId, query: "bob", isPatient: true });
  expect(found.people.map(({ name }) => name)).toEqual(["Bob Baker"]);
  server.mend();
});

test("rooms are found by address and name, pills say how things are called now", async () => {
  const { core } = await (await CoreRig.start(server)).signIn("alice");
  expect((await core.handlers.findRooms({ query: "harb" })).rooms).toEqual([
    { roomId, alias: "#harbour:dunlin.test", name: "Harbour", avatar: null },
  ]);
  expect((await core.handlers.findRooms({ query: "nowhere" })).rooms).toEqual([]);
  const ids = ["@bob:dunlin.test", "#harbour:dunlin.test", roomId, "@nobody:x.org", "!no:x.org"];
  const { pills } = await core.handlers.describePills({ roomId, ids });
  expect(pills).toEqual([
    { kind: "person", userId: "@bob:dunlin.test", name: "Bob Baker", avatar: null, isOwn: false },
    { kind: "room", roomId, name: "Harbour", avatar: null, membership: "join" },
    { kind: "room", roomId, name: "Harbour", avatar: null, membership: "join" },
    null,
    null,
  ]);
});

test("our name changes everywhere, and in one room alone", async () => {
  const { core } = await (await CoreRig.start(server)).signIn("alice");
  await core.handlers.setRoomDisplayName({ roomId, name: "Captain" });
  expect(server.world.state(roomId, "m.room.member", "@alice:dunlin.test")).toMatchObject({
    membership: "join",
    displayname: "Captain",
  });
  await core.handlers.setDisplayName({ name: "Alice A." });
  expect(server.world.user("alice").displayName).toBe("Alice A.");
});

type View = Topics["timeline"]["snapshot"];
const pollIn = (view: View): { item: MessageItem; poll: PollView } | null => {
  for (const item of eventsOf(view))
    if (item.kind === "message" && item.body.type === "poll") return { item, poll: item.body.poll };
  return null;
};
let acts = 0;
const transactionId = (): TransactionId => `poll-act-${++acts}` as TransactionId;

test("a poll is asked, answered, answered anew while the network is away, and ended", async () => {
  const rig = await (await CoreRig.start(server)).signIn("alice");
  const { core } = rig;
  const timeline = rig.watch("timeline", { roomId });
  await core.handlers.startPoll({
    roomId,
    transactionId: transactionId(),
    poll: { question: "Where?", answers: ["Pier", "Dune"], maxSelections: 1, isDisclosed: true },
  });
  // At once, on its way; then with its id.
  expect(pollIn(timeline.value)?.poll.question).toBe("Where?");
  const view = await timeline.until((now) => (pollIn(now)?.item.eventId ?? null) !== null);
  const { item, poll } = pollIn(view)!;
  const pollId = item.eventId as EventId;
  const [pier, dune] = poll.answers.map(({ id }) => id);
  const relates = { rel_type: "m.reference", event_id: pollId };
  server.world.inject(roomId, {
    // By the name a later specification may give it: both are votes.
    type: "m.poll.response",
    sender: "@bob:dunlin.test",
    event_id: "$vote",
    origin_server_ts: server.world.now(),
    content: { "m.relates_to": relates, "m.selections": [pier] },
  });
  await timeline.until((now) => pollIn(now)?.poll.voters === 1);
  server.cut();
  await core.handlers.votePoll({ roomId, transactionId: transactionId(), pollId, answerIds: [dune!] });
  expect(pollIn(timeline.value)?.poll).toMatchObject({ chosen: [dune], voters: 2 });
  server.mend();
  await core.handlers.networkIsBack({});
  await core.handlers.endPoll({ roomId, transactionId: transactionId(), pollId });
  const ended = await timeline.until((now) => pollIn(now)?.poll.isEnded === true);
  expect(pollIn(ended)?.poll).toMatchObject({ chosen: [dune], voters: 2, canEnd: false });
  expect(pollIn(ended)?.poll.answers.map(({ votes }) => votes)).toEqual([1, 1]);
  // Votes and ends are no lines of their own.
  expect(eventsOf(ended).at(-1)?.eventId).toBe(pollId);
  timeline.stop();
});

test("a poll of ours is voted on and ended as soon as the server has taken it, before sync brings it back", async () => {
  const rig = await (await CoreRig.start(server)).signIn("alice");
  const { core } = rig;
  const timeline = rig.watch("timeline", { roomId });
  await rig.caughtUp("alice");
  const echo = Promise.withResolvers<void>();
  server.faults.add({ on: { path: /\/sync$/ }, do: { holdAnswer: echo.promise } });
  await core.handlers.networkIsBack({});
  await core.handlers.startPoll({
    roomId,
    transactionId: transactionId(),
    poll: { question: "When?", answers: ["Now", "Later"], maxSelections: 1, isDisclosed: true },
  });
  const view = await timeline.until((now) => (pollIn(now)?.item.eventId ?? null) !== null);
  const { item, poll } = pollIn(view)!;
  const pollId = item.eventId as EventId;
  const later = poll.answers[1]!.id;
  await core.handlers.votePoll({ roomId, transactionId: transactionId(), pollId, answerIds: [later] });
  expect(pollIn(timeline.value)?.poll.chosen).toEqual([later]);
  await core.handlers.endPoll({ roomId, transactionId: transactionId(), pollId });
  server.faults.clear();
  echo.resolve();
  const ended = await timeline.until((now) => pollIn(now)?.poll.isEnded === true);
  expect(pollIn(ended)?.poll.answers.map(({ votes }) => votes)).toEqual([0, 1]);
  timeline.stop();
});
