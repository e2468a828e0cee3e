import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import { CoreRig, endAll, texts } from "./testing/core-rig.ts";
import { garden, roomStory } from "./testing/room-story.ts";

// What other people and broken servers send, through the whole core (MAL, XSS, THR).

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => void ({ server, roomId } = await garden()));
afterEach(endAll);

const { started } = roomStory(() => server);
const ben = (): string => server.world.user("ben").userId;
const whole = { event_id: "$whole", type: "m.room.message", origin_server_ts: 1 };
const nested = (depth: number): unknown => {
  let value: unknown = "deep";
  for (let i = 0; i < depth; i += 1) value = { a: value };
  return value;
};

const corpus: readonly [string, unknown][] = [
  ["null", null],
  ["a number", 7],
  ["a list", []],
  ["nothing", {}],
  ["no id", { type: "m.room.message", content: { body: "x" } }],
  ["an id that is a number", { ...whole, event_id: 5 }],
  ["a sender that is an object", { ...whole, sender: {} }],
  ["a type that is a list", { ...whole, type: ["m.room.message"] }],
  ["content that is a string", { ...whole, sender: "@x:y", content: "hello" }],
  ["no content", { ...whole, sender: "@x:y" }],
  ["no body", { ...whole, sender: "@x:y", content: { msgtype: "m.text" } }],
  ["a body that is an object", { ...whole, sender: "@x:y", content: { msgtype: "m.text", body: {} } }],
  ["no msgtype", { ...whole, sender: "@x:y", content: { body: "x" } }],
  [
    "a time beyond all calendars",
    { ...whole, sender: "@x:y", origin_server_ts: 1e300, content: { body: "x" } },
  ],
  ["a time that is a string", { ...whole, sender: "@x:y", origin_server_ts: "soon", content: {} }],
  ["unsigned that is a list", { ...whole, sender: "@x:y", unsigned: [], content: { body: "x" } }],
  ["a relation to a number", { ...whole, sender: "@x:y", content: { "m.relates_to": { event_id: 4 } } }],
  [
    "a thousand nested objects",
    { ...whole, sender: "@x:y", content: { msgtype: "m.text", body: "x", more: nested(1000) } },
  ],
  ["a huge string", { ...whole, sender: "@x:y", content: { msgtype: "m.text", body: "x".repeat(200_000) } }],
  ["half a surrogate", { ...whole, sender: "@x:y", content: { msgtype: "m.text", body: "\ud800" } }],
  [
    "keys of every object's prototype",
    JSON.parse(
      '{"event_id":"$whole","type":"__proto__","sender":"@x:y","state_key":"constructor","content":{"__proto__":{"body":"x"}}}',
    ),
  ],
  [
    "a member event without membership",
    { ...whole, type: "m.room.member", state_key: "@x:y", sender: "@x:y", content: { displayname: 5 } },
  ],
  [
    "power levels of words",
    {
      ...whole,
      type: "m.room.power_levels",
      state_key: "",
      sender: "@x:y",
      content: { users: "all", events_default: [] },
    },
  ],
  ["a redaction of nothing", { ...whole, type: "m.room.redaction", sender: "@x:y", content: {} }],
  [
    "a redaction of a number",
    { ...whole, type: "m.room.redaction", sender: "@x:y", redacts: 5, content: {} },
  ],
  [
    "an edit of itself",
    {
      ...whole,
      sender: "@x:y",
      content: {
        msgtype: "m.text",
        body: "x",
        "m.relates_to": { rel_type: "m.replace", event_id: "$whole" },
      },
    },
  ],
  ["an unknown type", { ...whole, type: "com.example.game.score", sender: "@x:y", content: { score: 5 } }],
];

describe("a malformed event between two good ones", () => {
  it.each(corpus)("%s: both good ones appear, and the next poll goes out", async (_what, bad) => {
    const rig = await started();
    const timeline = rig.watch("timeline", { roomId });
    const connection = rig.watch("connection");
    server.cut();
    server.world.sendMessage(roomId, "ben", "before");
    server.world.inject(roomId, bad);
    server.world.sendMessage(roomId, "ben", "after");
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await timeline.until((view) => texts(view).includes("after"));
    expect(texts(timeline.value)).toContain("before");
    server.world.sendMessage(roomId, "ben", "one poll later");
    await timeline.until((view) => texts(view).includes("one poll later"));
    expect(connection.values.map(({ state }) => state)).not.toContain("stopped");
    const again = await rig.restart();
    const reopened = texts(again.watch("timeline", { roomId }).value);
    expect(reopened.slice(-1)).toEqual(["one poll later"]);
    expect(reopened).toContain("before");
  });

  it.each([
    ["a message", "m.room.message", undefined],
    ["state", "com.example.deep", ""],
    ["a name", "m.room.name", ""],
  ])("%s nested beyond any stack: both good ones appear", async (_what, type, stateKey) => {
    // No server of ours could write it; a hostile one can.
    const depth = 50_000;
    const deep = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const response = await globalThis.fetch(input, init);
      const text = await response.text();
      return new Response(text.replaceAll('"DEEP"', deep), response);
    };
    const rig = await (await CoreRig.start(server, { fetch })).signIn("ann");
    const timeline = rig.watch("timeline", { roomId });
    server.cut();
    server.world.sendMessage(roomId, "ben", "before");
    const state = stateKey === undefined ? {} : { state_key: stateKey };
    server.world.inject(roomId, { ...whole, type, ...state, sender: ben(), content: { more: "DEEP" } });
    server.world.sendMessage(roomId, "ben", "after");
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await timeline.until((view) => texts(view).includes("after"));
    expect(texts(timeline.value).filter((text) => text !== "")).toEqual(["before", "after"]);
    server.faults.add({ on: { path: /\/sync$/ }, do: { rewrite: withDeepAccountData }, times: 1 });
    server.world.sendMessage(roomId, "ben", "one poll later");
    await timeline.until((view) => texts(view).includes("one poll later"));
    expect(rig.watch("connection").value).toEqual({ state: "live" });
  });

  it("in the parts beside the timeline harms nothing", async () => {
    const bad = [
      null,
      5,
      {},
      { type: 5 },
      { type: "m.tag", content: { tags: 5 } },
      { type: "m.direct", content: { x: 5 } },
    ];
    server.faults.add({
      on: { path: /\/sync$/ },
      do: {
        rewrite: (json) => {
          const body = json as { rooms?: { join?: Record<string, Record<string, unknown>> } };
          for (const room of Object.values(body.rooms?.join ?? {})) {
            room["ephemeral"] = {
              events: [
                ...bad,
                { type: "m.typing", content: { user_ids: [5, null] } },
                { type: "m.receipt", content: { $x: { "m.read": 5 }, $y: null } },
              ],
            };
            room["account_data"] = { events: bad };
            room["summary"] = { "m.heroes": [5, null], "m.joined_member_count": "many" };
            room["unread_notifications"] = { notification_count: -5, highlight_count: {} };
          }
          return {
            ...body,
            account_data: { events: bad },
            presence: 7,
            to_device: "none",
            rooms: { ...body.rooms, knock: 5, invite: { "!x:y": null, "!z:y": { invite_state: 5 } } },
          };
        },
      },
    });
    const rig = await started();
    expect(rig.watch("roomList").value.map(({ name, unread }) => [name, unread])).toContainEqual([
      "Garden",
      0,
    ]);
    expect(rig.watch("connection").value).toEqual({ state: "live" });
  });
});

describe("malformed state counts as absent", () => {
  it.each([
    ["a name that is a number", "m.room.name", { name: 5 }],
    ["an empty name", "m.room.name", { name: "" }],
    ["a name of invisible characters", "m.room.name", { name: "\u200b\u2066" }],
    ["no name at all", "m.room.name", {}],
  ])("%s: the room is called by its people", async (_what, type, content) => {
    const rig = await started();
    const room = rig.watch("room", { roomId });
    server.world.sendState(roomId, "ben", type, "", content);
    await room.until(({ name }) => name !== "Garden");
    expect(room.value.name).toBe("Ben");
  });

  it.each([null, 5, {}, ["x"]])(
    "topic %j is none; the one without a state key changes nothing",
    async (topic) => {
      const rig = await started();
      const room = rig.watch("room", { roomId });
      server.world.sendState(roomId, "ben", "m.room.topic", "", { topic: "true topic" });
      await room.until((view) => view.topic === "true topic");
      server.world.sendMessage(roomId, "ben", { topic: "false topic" }, { type: "m.room.topic" });
      server.world.sendState(roomId, "ben", "m.room.topic", "elsewhere", { topic: "false topic" });
      server.world.sendState(roomId, "ben", "m.room.avatar", "", { url: { not: "one" } });
      await rig.caughtUp("ann");
      expect(room.value).toMatchObject({ topic: "true topic", avatar: null });
      server.world.sendState(roomId, "ben", "m.room.topic", "", { topic });
      await room.until((view) => view.topic === null);
    },
  );
});

describe("names, topics and previews", () => {
  const nasty = "\u202eevil\u0007\u2066 name\u001b[31m\r\nsecond line";

  it("lose controls and bidi overrides, and names stay in one line", async () => {
    server.world.addUser("cy", { displayName: nasty });
    server.world.join(roomId, "cy");
    server.world.sendState(roomId, "ben", "m.room.name", "", { name: nasty });
    server.world.sendState(roomId, "ben", "m.room.topic", "", { topic: nasty });
    const rig = await started();
    const room = rig.watch("room", { roomId });
    const list = rig.watch("roomList");
    const timeline = rig.watch("timeline", { roomId });
    server.world.sendMessage(roomId, "cy", nasty);
    await list.until(([one]) => one?.preview !== null);
    server.world.setTyping(roomId, ["cy"]);
    await room.until(({ typing }) => typing.length === 1);
    const [summary] = list.value;
    expect(summary?.name).toBe("evil name[31m second line");
    expect(summary?.preview).toMatchObject({
      text: "evil name[31m second line",
      sender: "evil name[31m second line",
    });
    expect(room.value.topic).toBe("evil name[31m\nsecond line");
    expect(room.value.typing).toEqual(["evil name[31m second line"]);
    const unwanted = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/;
    const sender = timeline.value.items.findLast((item) => item.kind === "message");
    expect(sender?.kind === "message" ? sender.sender.name : unwanted).not.toMatch(unwanted);
  });

  it("of an invitation are cleaned too", async () => {
    server.world.addUser("cy", { displayName: nasty });
    const rig = await started();
    const list = rig.watch("roomList");
    const invited = server.world.createRoom({ creator: "cy", name: nasty, invited: ["ann"] }) as RoomId;
    await list.until((rooms) => rooms.some((room) => room.roomId === invited));
    expect(rig.watch("room", { roomId: invited }).value).toMatchObject({
      name: "evil name[31m second line",
      invite: { inviterName: "evil name[31m second line" },
    });
  });

  it("of a server's error come as plain text and as data", async () => {
    server.world.createRoom({ creator: "ben", name: "Invites", invited: ["ann"] });
    const rig = await started();
    const invite = rig.watch("roomList").value.find(({ membership }) => membership === "invite");
    const message = "<b>no</b>\u202e";
    server.faults.add({
      on: { path: /\/join$|\/join\// },
      do: { error: { status: 403, errcode: "COM.EXAMPLE_ODD", message, extra: { more: {} } } },
    });
    await expect(rig.core.handlers.acceptInvite({ roomId: invite!.roomId })).rejects.toMatchObject({
      failure: { kind: "rejected", errcode: "COM.EXAMPLE_ODD", serverText: "<b>no</b>" },
    });
  });
});

describe("links", () => {
  it.each([
    "https://example.org/a?b#c",
    "http://example.org/",
    "mailto:ann@example.org",
    "ftp://example.org/file",
    "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a",
  ])("%s opens", async (url) => {
    const rig = await CoreRig.start(server);
    await rig.core.handlers.openLink({ url });
    expect(rig.platform.opened).toEqual([url]);
  });

  it.each([
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "vscode://open",
    "\\\\server\\share",
    "smb://example.org/share",
    "blob:https://example.org/x",
    " java\nscript:alert(1)",
    "",
  ])("%j is refused", async (url) => {
    const rig = await CoreRig.start(server);
    await expect(rig.core.handlers.openLink({ url })).rejects.toMatchObject({ failure: { kind: "invalid" } });
    expect(rig.platform.opened).toEqual([]);
  });
});

describe("claims in content", () => {
  it("about sender and origin have no effect", async () => {
    const rig = await started();
    const timeline = rig.watch("timeline", { roomId });
    server.world.inject(roomId, {
      ...whole,
      sender: ben(),
      origin: "evil.example",
      content: { msgtype: "m.text", body: "who am I", sender: "@admin:x", origin: "x", power_level: 100 },
    });
    await timeline.until((view) => texts(view).includes("who am I"));
    const item = timeline.value.items.at(-1);
    expect(item?.kind === "message" ? item.sender : null).toMatchObject({ userId: ben(), name: "Ben" });
  });

  it("a second event of the same id changes nothing", async () => {
    const rig = await started();
    const timeline = rig.watch("timeline", { roomId });
    const as = (body: string) => ({ ...whole, sender: ben(), content: { msgtype: "m.text", body } });
    server.world.inject(roomId, as("first version"));
    await timeline.until((view) => texts(view).includes("first version"));
    server.world.inject(roomId, as("second version"));
    await rig.caughtUp("ann");
    expect(texts(timeline.value)).toEqual(["first version"]);
  });
});

it("state that flips back and forth ends as the server has it", async () => {
  const rig = await started();
  const room = rig.watch("room", { roomId });
  for (let i = 0; i < 30; i += 1)
    server.world.sendState(roomId, "ben", "m.room.name", "", { name: `Name ${i % 2}` });
  server.world.sendState(roomId, "ben", "m.room.name", "", { name: "The end" });
  await room.until(({ name }) => name === "The end");
  await rig.caughtUp("ann");
  expect(room.value.name).toBe("The end");
});

const withDeepAccountData = (json: unknown): unknown => ({
  ...(json as object),
  account_data: { events: [{ type: "m.direct", content: { deep: "DEEP" } }] },
});
