import { describe, expect, it } from "vitest";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { FoundRoom } from "../../preload/contract/models/directory.ts";
import { RequestFailed } from "../bridge/request-failed.ts";
import { actionOf, Joining } from "./joining.svelte.ts";

const aRoom = (room: Partial<FoundRoom> = {}): FoundRoom => ({
  roomId: "!r:x" as RoomId,
  name: "Room",
  topic: null,
  alias: null,
  avatar: null,
  memberCount: 1,
  joinRule: "public",
  isLetIn: null,
  isWorldReadable: false,
  kind: "room",
  membership: "leave",
  via: ["x"],
  ...room,
});

describe("what can be done about a room that was found", () => {
  it.each([
    ["one is in it", { membership: "join" }, "open"],
    ["one is invited", { membership: "invite", joinRule: "invite" }, "open"],
    ["one has asked", { membership: "knock", joinRule: "knock" }, "knocked"],
    ["one is banned, also where it is open", { membership: "ban" }, "banned"],
    ["it is open", {}, "join"],
    ["the server does not say", { joinRule: null }, "join"],
    ["its server lets in members of others", { joinRule: "restricted" }, "join"],
    ["it lets itself be asked", { joinRule: "knock" }, "knock"],
    [
      "it lets in members of others, of which we are",
      { joinRule: "knock_restricted", isLetIn: true },
      "join",
    ],
    ["of which we are not: one may ask", { joinRule: "knock_restricted", isLetIn: false }, "knock"],
    ["and does not say of which", { joinRule: "knock_restricted" }, "join"],
    ["only by invitation", { joinRule: "invite" }, "invite-only"],
  ] as const)("%s", (_situation, room, action) => {
    expect(actionOf(aRoom(room))).toBe(action);
  });
});

it("a refusal stays beside its room until the next attempt, and a second click is no second request", async () => {
  let asked = 0;
  const app = {
    ask: () => {
      asked += 1;
      return asked === 1
        ? Promise.reject(new RequestFailed({ kind: "rejected", message: "", errcode: "M_FORBIDDEN" }))
        : Promise.resolve({ roomId: "!r:x" });
    },
  } as never;
  const joining = new Joining(app);
  const room = aRoom();
  const [first, second] = await Promise.all([joining.join(room), joining.join(room)]);
  expect([first, second, asked]).toEqual([null, null, 1]);
  expect(joining.failures.get(room.roomId)?.errcode).toBe("M_FORBIDDEN");
  expect(await joining.join(room)).toBe("!r:x");
  expect(joining.failures.size).toBe(0);
});

it("who is refused as a member may ask instead, where the room lets itself be asked", async () => {
  const app = {
    ask: () => Promise.reject(new RequestFailed({ kind: "rejected", message: "", errcode: "M_FORBIDDEN" })),
  } as never;
  const joining = new Joining(app);
  const [closed, askable] = [
    aRoom({ joinRule: "restricted", roomId: "!a:x" as RoomId }),
    aRoom({ joinRule: "knock_restricted" }),
  ];
  await joining.join(closed);
  await joining.join(askable);
  expect([joining.actionOf(closed), joining.actionOf(askable)]).toEqual(["join", "knock"]);
});
