import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, StagedId, TransactionId } from "../../preload/contract/ids.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import { endAll, eventually, texts } from "./testing/core-rig.ts";
import { garden, refuseSends, roomStory } from "./testing/room-story.ts";

// A draft: of a room, of a thread under every name its root has, and with what it answers.

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => void ({ server, roomId } = await garden()));
afterEach(endAll);

const { started } = roomStory(() => server);
const idOf = (body: string) =>
  server.world.events(roomId).find(({ content }) => content["body"] === body)?.event_id;

it("of a thread is its own, also over the sending of the root", async () => {
  const rig = await started();
  server.cut();
  const transactionId = await rig.type(roomId, "the root");
  const thread = { eventId: null, transactionId };
  await rig.core.handlers.saveDraft({ roomId, thread, draft: { body: "half a thought" } });
  await rig.core.handlers.saveDraft({ roomId, draft: { body: "of the room" } });
  server.mend();
  await rig.core.handlers.networkIsBack({});
  await eventually(() => idOf("the root") !== undefined);
  const eventId = idOf("the root") as EventId;
  const kept = await rig.core.handlers.loadThreadDraft({ roomId, thread: { eventId, transactionId } });
  expect(kept.draft).toEqual({ body: "half a thought" });
  const other = rig.watch("room", { roomId });
  expect((await other.until(() => true)).draft).toEqual({ body: "of the room" });
});

it("of a thread is found by every name its root has or had", async () => {
  const rig = await started();
  const rule = refuseSends(server);
  const transactionId = await rig.type(roomId, "the root");
  const outbox = rig.watch("outbox");
  await outbox.until((entries) => entries[0]?.send.state === "unsent");
  const opened = { eventId: null, transactionId };
  await rig.core.handlers.saveDraft({ roomId, thread: opened, draft: { body: "half a thought" } });
  rule.remove();
  server.cut();
  const content = { msgtype: "m.text", body: "reworded" } as const;
  await rig.core.handlers.editSend({ roomId, transactionId, content });
  const [waiting] = await outbox.until((entries) => entries[0]?.transactionId !== transactionId);
  const words = async (thread: MessageTarget) =>
    (await rig.core.handlers.loadThreadDraft({ roomId, thread })).draft?.body;
  expect(await words({ eventId: null, transactionId: waiting?.transactionId ?? null })).toBe(
    "half a thought",
  );
  server.mend();
  await rig.core.handlers.networkIsBack({});
  await eventually(() => idOf("reworded") !== undefined);
  await rig.caughtUp("ann");
  const thread = { eventId: idOf("reworded") as EventId, transactionId: null };
  expect(await words(thread)).toBe("half a thought");
  // Whoever still has it open under the old name writes the same draft.
  await rig.core.handlers.saveDraft({ roomId, thread: opened, draft: { body: "a whole thought" } });
  expect(await words(thread)).toBe("a whole thought");
  await rig.core.handlers.saveDraft({ roomId, thread, draft: null });
  expect(await words(opened)).toBeUndefined();
});

it("holds up the deletion of a root that is not sent, until it is sent or removed: nobody could read it any more", async () => {
  const rig = await started();
  server.cut();
  // The first of the lane is on the wire again and again.
  await rig.type(roomId, "goes first");
  const transactionId = await rig.type(roomId, "the root");
  const thread = { eventId: null, transactionId };
  const { saveDraft, saveDraftAttachments, deleteSend, redactMessage, loadThreadDraft } = rig.core.handlers;
  const refusal = { kind: "invalid", message: "written-in-thread" };
  const redact = async () =>
    redactMessage({
      roomId,
      transactionId: crypto.randomUUID() as TransactionId,
      target: thread,
      reason: null,
    });
  const write = (body: string) => saveDraft({ roomId, thread, draft: { body } });
  await write("half a thought");
  await expect(async () => deleteSend({ roomId, transactionId })).rejects.toMatchObject({
    failure: refusal,
  });
  await expect(redact).rejects.toMatchObject({ failure: refusal });
  expect((await loadThreadDraft({ roomId, thread })).draft).toEqual({ body: "half a thought" });
  await saveDraft({ roomId, thread, draft: null });
  const stagedId = "a-file-of-a-thread" as StagedId;
  const body = Readable.from([Buffer.from("words")]);
  const path = `staged/${stagedId}?name=a.txt`;
  await rig.core.stage({ path, body, contentType: "text/plain", length: 5 });
  const attachment = {
    ...{ stagedId, caption: "", thumbnail: null, width: null, height: null, durationMs: null },
    ...{ blurhash: null, voice: null },
  };
  await saveDraftAttachments({ roomId, thread, attachments: [attachment] });
  await expect(redact).rejects.toMatchObject({ failure: refusal });
  await saveDraftAttachments({ roomId, thread, attachments: [] });
  // What has no words goes with it.
  await write(" \n");
  expect(await deleteSend({ roomId, transactionId })).toEqual({ isDeleted: true });
  expect(await loadThreadDraft({ roomId, thread })).toEqual({ draft: null, attachments: [] });
});

it("does not hold up the deletion of a root that was sent: its thread stays", async () => {
  const rig = await started();
  const transactionId = await rig.type(roomId, "the root");
  await eventually(() => idOf("the root") !== undefined);
  await rig.caughtUp("ann");
  const thread = { eventId: idOf("the root") as EventId, transactionId };
  await rig.core.handlers.saveDraft({ roomId, thread, draft: { body: "half a thought" } });
  await rig.core.handlers.redactMessage({
    roomId,
    transactionId: crypto.randomUUID() as TransactionId,
    target: thread,
    reason: null,
  });
  expect((await rig.core.handlers.loadThreadDraft({ roomId, thread })).draft?.body).toBe("half a thought");
});

it("keeps what it answers over a restart, with the words that has now, and none once they are deleted", async () => {
  const rig = await started();
  const eventId = server.world.sendMessage(roomId, "ben", "a question") as EventId;
  const timeline = rig.watch("timeline", { roomId });
  await timeline.until((view) => texts(view).includes("a question"));
  const replyTo = { eventId, transactionId: null };
  await rig.core.handlers.saveDraft({ roomId, draft: { body: "", replyTo } });
  const again = await rig.restart();
  await again.live();
  const view = again.watch("room", { roomId });
  const { draft } = await view.until(() => true);
  expect(draft).toMatchObject({ body: "", replyTo, answers: { state: "shown", text: "a question" } });
  server.world.redact(roomId, "ben", eventId);
  await again.caughtUp("ann");
  const later = await again.restart();
  const { draft: after } = await later.watch("room", { roomId }).until(() => true);
  expect(after).toMatchObject({ replyTo, answers: { state: "redacted", text: "" } });
});
