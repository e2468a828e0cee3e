import type { Homeserver } from "../../../e2e/homeserver/index.ts";
import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { NewRoom } from "../../../preload/contract/models/new-room.ts";
import { FailureError, type Failure } from "../failure.ts";
import { CoreRig, homeserverWith } from "./core-rig.ts";

// What stories about rooms begin with: Ann signed in, and rooms of Ben's that she is in. Test support.

type Options = Parameters<Homeserver["world"]["createRoom"]>[0];

/** Each asks for the server anew: every test has its own. */
export function roomStory(server: () => Homeserver) {
  return {
    started: async (): Promise<CoreRig> => (await CoreRig.start(server())).signIn("ann"),
    idOf: (user: string): UserId => server().world.user(user).userId as UserId,
    aRoom: (options: Partial<Options> = {}): RoomId =>
      server().world.createRoom({ creator: "ben", members: ["ann"], ...options }) as RoomId,
  };
}

/** What most stories about messages begin with, anew for each: a room of Ben's that Ann is in. `endAll` stops the server. */
export async function garden(): Promise<{ readonly server: Homeserver; readonly roomId: RoomId }> {
  const server = await homeserverWith("Ann", "Ben");
  return { server, roomId: roomStory(() => server).aRoom({ name: "Garden" }) };
}

/** The server refuses every message from now on, as to somebody who may not write there; `remove` ends that. */
export const refuseSends = (server: Homeserver): ReturnType<Homeserver["faults"]["add"]> =>
  server.faults.add({
    on: { method: "PUT", path: /\/send\// },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });

/** What the dialog for a new room says when nothing was changed in it. */
export const aPlan = (plan: Partial<NewRoom> = {}): NewRoom => ({
  kind: "room",
  name: "",
  topic: "",
  avatar: null,
  preset: "private_chat",
  isPublished: false,
  aliasLocalpart: null,
  invite: [],
  historyVisibility: "shared",
  roomVersion: null,
  isFederated: true,
  parentSpaceId: null,
  ...plan,
});

/** Why it failed; a test whose work succeeds is wrong. */
export async function failureOf(work: unknown): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error("it did not fail");
}
