import { ReceiptType } from "matrix-js-sdk";
import { defaultSettings } from "../../preload/contract/models/settings.ts";
import type { TimelineItem } from "../../preload/contract/models/timeline.ts";
import type { SynapseUser } from "../synapse/register.ts";
import { expect } from "../launch/fixtures.ts";
import type { Everybody } from "./compare.ts";
import type { OurClient } from "./ours.ts";

// At the end of the hour everybody reads all of it: the first of ours in public, the second in private, the SDK in public.

const lastEvent = (items: readonly TimelineItem[]): TimelineItem & { eventId: string } => {
  const last = items.findLast((item) => "eventId" in item && item.eventId !== null);
  return last as TimelineItem & { eventId: string };
};

/** Where somebody else stands, as this client of ours shows it; null where nobody knows. */
function placeIn(client: OurClient, userId: string): string | null {
  const at = client.timeline.value.items.find(
    (item) => "readBy" in item && item.readBy.some((reader) => reader.userId === userId),
  );
  return at === undefined || !("eventId" in at) ? null : at.eventId;
}

export async function everybodyReads(
  { ours, sdk }: Everybody,
  [ana, ben, cleo]: readonly [SynapseUser, SynapseUser, SynapseUser],
): Promise<void> {
  const [first, second] = ours;
  if (first === undefined || second === undefined) throw new Error("two of ours take part");
  const roomId = first.rooms.main;
  const room = sdk.getRoom(roomId);
  if (room === null) throw new Error("the SDK does not know the room");
  const benBefore = placeIn(first, ben.userId);
  const benInSdk = room.getReadReceiptForUserId(ben.userId, true)?.eventId ?? null;
  for (const [client, readReceipts] of [
    [first, "public"],
    [second, "private"],
  ] as const) {
    const { eventId } = lastEvent(client.timeline.value.items);
    await client.port.call("saveSettings", {
      settings: { ...defaultSettings, readReceipts },
    });
    await client.port.call("markRead", { roomId, eventId: eventId as never });
    await client.port.call("markRoomRead", { roomId });
    const list = await client.port.watch("roomList", null);
    await list.until((rooms) => rooms.find((one) => one.roomId === roomId)?.unread === 0);
    list.close();
  }
  const last = room
    .getLiveTimeline()
    .getEvents()
    .findLast((event) => event.threadRootId === undefined && event.getType() === "m.room.message");
  await sdk.sendReadReceipt(last ?? null, ReceiptType.Read);
  const end = lastEvent(second.timeline.value.items).eventId;
  // Ben and the SDK see how far Ana has read, Ana and Ben how far Cleo has; where Ben is, he keeps for himself.
  await expect.poll(() => placeIn(second, ana.userId)).toBe(end);
  for (const one of ours) await expect.poll(() => placeIn(one, cleo.userId)).not.toBeNull();
  await expect
    .poll(() => room.getReadReceiptForUserId(ana.userId, true)?.eventId)
    .toBe(placeIn(second, ana.userId));
  expect(placeIn(first, ben.userId)).toBe(benBefore);
  expect(room.getReadReceiptForUserId(ben.userId, true)?.eventId ?? null).toBe(benInSdk);
}
