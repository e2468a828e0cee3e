import { afterEach, beforeEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { DraftEdit } from "../../preload/contract/models/room.ts";
import { type CoreRig, endAll, eventually } from "./testing/core-rig.ts";
import { garden, refuseSends, roomStory } from "./testing/room-story.ts";

// Changed words of messages, kept with the draft of their room until they are saved or given up.

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => void ({ server, roomId } = await garden()));
afterEach(endAll);

const { started } = roomStory(() => server);
const say = (body: string): EventId => server.world.sendMessage(roomId, "ann", body) as EventId;
const draftOf = (rig: CoreRig) => rig.watch("room", { roomId }).value.draft;
const edit = (eventId: EventId, body: string, isOpen = false): DraftEdit => ({
  ...{ eventId, transactionId: null, body, isOpen },
});

/** A message that the server has refused. */
async function refused(rig: CoreRig, body: string) {
  const rule = refuseSends(server);
  const transactionId = await rig.type(roomId, body);
  const outbox = rig.watch("outbox");
  await outbox.until((entries) => entries[0]?.send.state === "unsent");
  return { rule, outbox, transactionId };
}

it("stay over a power cut, beside the draft, which goes without them when it is sent", async () => {
  const [one, two] = [say("one"), say("two")];
  const rig = await started();
  const edits = [edit(one, "one, changed"), edit(two, "two, changed", true)];
  await rig.core.handlers.saveDraft({ roomId, draft: { body: "half a thought", edits } });
  const again = await rig.kill()();
  expect(draftOf(again)).toEqual({ body: "half a thought", edits });
  await again.type(roomId, "half a thought");
  expect(draftOf(again)).toEqual({ body: "", edits });
  await again.core.handlers.saveDraft({ roomId, draft: { body: "" } });
  expect(draftOf(again)).toBeNull();
});

it("of a deleted message go, but those that stood in the field come back there", async () => {
  const [one, two] = [say("one"), say("two")];
  const rig = await started();
  const edits = [edit(one, "one, changed"), edit(two, "two, changed", true)];
  await rig.core.handlers.saveDraft({ roomId, draft: { body: "", edits } });
  for (const eventId of [one, two]) server.world.redact(roomId, "ann", eventId);
  await rig.caughtUp("ann");
  expect(draftOf(rig)).toEqual({ body: "", edits: [edits[1]] });
  expect(rig.watch("quote", { roomId, target: edits[1]! }).value.state).toBe("redacted");
});

it("of a message that is not sent follow it under its names, until it is deleted", async () => {
  const rig = await started();
  const { rule, outbox, transactionId: first } = await refused(rig, "unheard");
  const kept = { eventId: null, transactionId: first, body: "unheard, changed", isOpen: false };
  await rig.core.handlers.saveDraft({ roomId, draft: { body: "", edits: [kept] } });
  expect(draftOf(rig)?.edits).toEqual([kept]);
  const deleted = await rig.moment()();
  await deleted.core.handlers.deleteSend({ roomId, transactionId: first });
  expect(draftOf(deleted)).toEqual({ body: "" });
  await deleted.close();

  rule.remove();
  server.cut();
  const content = { msgtype: "m.text", body: "reworded" } as const;
  await rig.core.handlers.editSend({ roomId, transactionId: first, content });
  const [waiting] = await outbox.until((entries) => entries[0]?.transactionId !== first);
  const now = waiting?.transactionId as TransactionId;
  expect(draftOf(rig)?.edits).toEqual([{ ...kept, transactionId: now }]);

  server.mend();
  await rig.core.handlers.networkIsBack({});
  const sent = () => server.world.events(roomId).find(({ content: { body } }) => body === "reworded");
  await eventually(() => sent() !== undefined);
  await rig.caughtUp("ann");
  expect(draftOf(rig)?.edits).toEqual([{ ...kept, eventId: sent()?.event_id, transactionId: now }]);
});

it("in the thread of a message that is not sent keep it from being deleted, where they stand in the field", async () => {
  const rig = await started();
  const { transactionId } = await refused(rig, "the root");
  const thread = { eventId: null, transactionId };
  const kept = { ...thread, body: "the root, changed" };
  const save = (isOpen: boolean) =>
    rig.core.handlers.saveDraft({ roomId, thread, draft: { body: "", edits: [{ ...kept, isOpen }] } });
  await save(true);
  await expect(async () => rig.core.handlers.deleteSend({ roomId, transactionId })).rejects.toThrow(
    "written-in-thread",
  );
  await save(false);
  await rig.core.handlers.deleteSend({ roomId, transactionId });
  expect((await rig.core.handlers.loadThreadDraft({ roomId, thread })).draft).toBeNull();
});
