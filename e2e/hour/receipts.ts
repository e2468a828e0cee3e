import { MsgType, ReceiptType, RelationType, type MatrixClient, type Room } from "matrix-js-sdk";
import { defaultSettings } from "../../preload/contract/models/settings.ts";
import type { TimelineItem } from "../../preload/contract/models/timeline.ts";
import type { SynapseUser } from "../synapse/register.ts";
import { expect } from "../launch/fixtures.ts";
import type { Everybody } from "./compare.ts";
import type { OurClient } from "./ours.ts";
import { receiptsToldTo, type ToldReceipt } from "./server-receipts.ts";

// At the end of the hour everybody reads all of it: the first of ours in public, the second in private, the SDK in public.
// The measure is what the server tells of receipts. Of somebody it tells several: that of the room's own timeline, and one
// without a thread, which is further on where the newest event is a reaction, an edit or in a thread. Which of them a client
// keeps is its own affair: matrix-js-sdk keeps one of both, by the order of their events where its main timeline has both,
// else by the time of the receipts, which come in any order; ours shows the person at the last line that either covers. So
// they are not asked for the same event, but each for what the server's receipts mean in the room's own timeline. (Of a
// thread that has just begun the SDK does not always know that such a receipt covers it.)

type Shown = TimelineItem & { readonly eventId: string };
const shown = (client: OurClient): readonly Shown[] =>
  client.timeline.value.items.filter((item): item is Shown => "eventId" in item && item.eventId !== null);

function lastOf(items: readonly Shown[]): string {
  const last = items.at(-1);
  if (last === undefined) throw new Error("nothing is shown");
  return last.eventId;
}

/** Where somebody else stands, as this client of ours shows it; null where nobody knows. */
const placeIn = (client: OurClient, userId: string): string | null =>
  shown(client).find((item) => "readBy" in item && item.readBy.some((reader) => reader.userId === userId))
    ?.eventId ?? null;

const receiptInSdk = (room: Room, userId: string): string | null =>
  room.getReadReceiptForUserId(userId, true)?.eventId ?? null;

/** Somebody's public receipts that say something of the room's own timeline. */
const publicOf = (told: readonly ToldReceipt[], userId: string): readonly ToldReceipt[] =>
  told.filter(
    (one) =>
      one.userId === userId && one.type === "m.read" && (one.threadId === null || one.threadId === "main"),
  );
const isPrivate = ({ type }: ToldReceipt): boolean => type === "m.read.private";

export async function everybodyReads(
  { baseUrl, ours, sdk }: Everybody,
  [ana, ben, cleo]: readonly [SynapseUser, SynapseUser, SynapseUser],
): Promise<void> {
  const [first, second] = ours;
  if (first === undefined || second === undefined) throw new Error("two of ours take part");
  const roomId = first.rooms.main;
  const room = sdk.getRoom(roomId);
  if (room === null) throw new Error("the SDK does not know the room");
  const toldTo = (user: SynapseUser) => receiptsToldTo(baseUrl, user, roomId);
  const ofBen = publicOf(await toldTo(cleo), ben.userId);
  const benBefore = placeIn(first, ben.userId);
  const benInSdk = receiptInSdk(room, ben.userId);
  // The newest event is no line of the room: what was read up to it and what of the room's own lines are two places.
  const message = lastOf(shown(second).filter(({ kind }) => kind === "message"));
  const newest = await answeredInThread(sdk, roomId, message);
  for (const one of ours)
    await one.timeline.until(({ items }) => items.some((item) => hasThreadUpTo(item, newest)));
  await readAll(first, "public");
  await readAll(second, "private");
  const end = lastOf(shown(second));
  await sdk.sendReadReceipt(room.findEventById(message) ?? null, ReceiptType.Read);

  // Ben and the SDK see how far Ana has read.
  await expect.poll(() => placeIn(second, ana.userId)).toBe(end);
  await expect
    .poll(async () => {
      const told = publicOf(await toldTo(cleo), ana.userId);
      const inSdk = receiptInSdk(room, ana.userId);
      return {
        whole: told.find(({ threadId }) => threadId === null)?.eventId,
        isTold: told.some(({ eventId }) => eventId === inSdk),
        hasRead: room.hasUserReadEvent(ana.userId, message),
      };
    })
    .toEqual({ whole: newest, isTold: true, hasRead: true });
  // Ana and Ben see how far Cleo has, in the words of the server.
  for (const one of ours) {
    await expect
      .poll(async () => {
        const told = publicOf(await toldTo(cleo), cleo.userId).map(({ eventId }) => eventId);
        return told.includes(placeIn(one, cleo.userId) ?? "nowhere");
      }, `where ${one.name} sees Cleo`)
      .toBe(true);
  }
  // Where Ben is, he keeps for himself: the server has it and tells nobody else.
  await expect
    .poll(async () => (await toldTo(ben)).some((one) => isPrivate(one) && one.userId === ben.userId))
    .toBe(true);
  const toldToCleo = await toldTo(cleo);
  expect(publicOf(toldToCleo, ben.userId)).toEqual(ofBen);
  expect(toldToCleo.filter((one) => isPrivate(one) && one.userId !== cleo.userId)).toEqual([]);
  expect(placeIn(first, ben.userId)).toBe(benBefore);
  expect(receiptInSdk(room, ben.userId)).toBe(benInSdk);
}

async function answeredInThread(sdk: MatrixClient, roomId: string, root: string): Promise<string> {
  const { event_id } = await sdk.sendMessage(roomId, {
    msgtype: MsgType.Text,
    body: "and a last word aside",
    "m.mentions": {},
    "m.relates_to": {
      rel_type: RelationType.Thread,
      event_id: root,
      is_falling_back: true,
      "m.in_reply_to": { event_id: root },
    },
  } as never);
  return event_id;
}

/** Where a thread is as far as this reply. */
const hasThreadUpTo = (item: TimelineItem, eventId: string): boolean =>
  item.kind === "message" && item.relations?.thread?.latest?.eventId === eventId;

/** Reads to the end, as somebody who looks at the room and then says it is read. */
async function readAll(client: OurClient, readReceipts: "public" | "private"): Promise<void> {
  const { main: roomId } = client.rooms;
  await client.port.call("saveSettings", { settings: { ...defaultSettings, readReceipts } });
  await client.port.call("markRead", { roomId, eventId: lastOf(shown(client)) as never });
  await client.port.call("markRoomRead", { roomId });
  const list = await client.port.watch("roomList", null);
  await list.until((rooms) => rooms.find((one) => one.roomId === roomId)?.unread === 0);
  list.close();
}
