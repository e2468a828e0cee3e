import type { MatrixClient } from "matrix-js-sdk";
import type { RoomId } from "../../preload/contract/ids.ts";
import { expect } from "../launch/fixtures.ts";
import { request } from "../synapse/request.ts";
import type { SynapseUser } from "../synapse/register.ts";
import { digest, type Files } from "./files.ts";
import type { OurClient } from "./ours.ts";
import { byPerson, differences, type Said } from "./said.ts";
import { saidInSdk } from "./sdk-view.ts";
import { relationIn, saidOnServer, serverEvents, type ServerEvent } from "./server-view.ts";

// Everybody against the server's own list, event by event.

export interface Everybody {
  readonly baseUrl: string;
  readonly moderator: SynapseUser;
  readonly ours: readonly OurClient[];
  readonly sdk: MatrixClient;
  /** How long all may take to have caught up, in ms; each look reads every thread of everybody. */
  readonly patience: number;
}

/** Resolves when all have the same of this room; answers what that is. */
export async function allTheSame(everybody: Everybody, roomId: RoomId): Promise<readonly Said[]> {
  const { baseUrl, moderator, ours, sdk, patience } = everybody;
  let truth: readonly Said[] = [];
  await expect(async () => {
    const events = await serverEvents(baseUrl, moderator.accessToken, roomId);
    truth = saidOnServer(events, moderator.userId);
    const room = sdk.getRoom(roomId);
    if (room === null) throw new Error("the SDK does not know the room");
    const inSdk = await saidInSdk(room);
    const wrong = [...differences("matrix-js-sdk", inSdk, truth)];
    const roots = threadRoots(events);
    const views = new Map([["matrix-js-sdk", inSdk]]);
    for (const one of ours) {
      const said = await one.whole(roomId, roots);
      views.set(one.name, said);
      wrong.push(...differences(one.name, said, truth));
    }
    expect(wrong).toEqual([]);
    for (const [who, said] of views) expect(byPerson(said), `the order of ${who}`).toEqual(byPerson(truth));
    await samePins(everybody, roomId, events);
  }).toPass({ timeout: patience, intervals: [500, 1000, 2000, 5000] });
  return truth;
}

const threadRoots = (events: readonly ServerEvent[]): readonly string[] => {
  const relations = events.map(({ content }) => relationIn(content));
  const inThreads = relations.filter(
    ({ rel_type, event_id }) => rel_type === "m.thread" && event_id !== undefined,
  );
  return [...new Set(inThreads.map(({ event_id }) => event_id ?? ""))];
};

async function samePins(
  { ours, sdk }: Everybody,
  roomId: RoomId,
  events: readonly ServerEvent[],
): Promise<void> {
  const state = events.findLast(({ type }) => type === "m.room.pinned_events");
  const pinned = (state?.content["pinned"] ?? []) as readonly string[];
  const inSdk = sdk.getRoom(roomId)?.currentState.getStateEvents("m.room.pinned_events", "");
  expect(inSdk?.getContent()["pinned"] ?? [], "pins of matrix-js-sdk").toEqual(pinned);
  for (const one of ours) {
    const room = await one.port.watch("room", { roomId });
    // The last pinned first.
    expect(room.value.pinned.toReversed(), `pins of ${one.name}`).toEqual(pinned);
    room.close();
  }
}

/** Every file arrives at everybody byte by byte as it was chosen. Answers how many files that were. */
export async function sameBytes(everybody: Everybody, files: Files, truth: readonly Said[]): Promise<number> {
  const { baseUrl, moderator, ours, sdk } = everybody;
  const wanted = new Map(
    truth.flatMap(({ eventId, media }) => (media === null ? [] : [[eventId, media] as const])),
  );
  for (const [eventId, { name, source }] of wanted) {
    const made = files.made.get(name);
    expect(made, name).toBeDefined();
    const path = source.replace("mxc://", "/_matrix/client/v1/media/download/");
    const atServer = await download(`${baseUrl}${path}`, moderator.accessToken);
    expect(digest(atServer), `${name} on the server`).toBe(made);
    const address = sdk.mxcUrlToHttp(source, undefined, undefined, undefined, false, true, true);
    expect(digest(await download(address ?? "", sdk.getAccessToken() ?? "")), `${name} for ${eventId}`).toBe(
      made,
    );
  }
  for (const one of ours) {
    const said = await one.whole(one.rooms.main, []);
    for (const { media } of said)
      if (media !== null)
        expect(digest(await one.bytes(media.source)), `${media.name} at ${one.name}`).toBe(
          files.made.get(media.name),
        );
  }
  return wanted.size;
}

async function download(url: string, token: string): Promise<Uint8Array> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Whether the room is marked as unread is the same here and on the server, for each of ours. */
export async function sameMarks({ baseUrl, ours }: Everybody, users: readonly SynapseUser[]): Promise<void> {
  for (const one of ours) {
    const user = users.find(({ localpart }) => localpart === one.name);
    const roomId = one.rooms.aside;
    const path = `/_matrix/client/v3/user/${encodeURIComponent(user?.userId ?? "")}/rooms/${encodeURIComponent(roomId)}/account_data/m.marked_unread`;
    const list = await one.port.watch("roomList", null);
    await expect
      .poll(async () => {
        const onServer = await request<{ unread?: boolean }>(baseUrl, {
          method: "GET",
          path,
          token: user?.accessToken ?? "",
        }).catch(
          // Never marked.
          () => ({ unread: false }),
        );
        return onServer.unread;
      })
      .toBe(list.value.find((room) => room.roomId === roomId)?.isMarkedUnread);
    list.close();
  }
}
