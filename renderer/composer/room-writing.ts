import type { StagedId, TransactionId } from "../../preload/contract/ids.ts";
import { failureOf } from "../state/failure-of.ts";
import type { OpenRoom } from "../state/open-rooms.ts";
import type { TimelineState } from "../state/timeline.svelte.ts";
import { strings } from "../text/attachment-strings.ts";
import type { RoomAction } from "./commands.ts";
import { writtenCaption } from "./caption.ts";
import { DraftKeeper } from "./draft-keeper.ts";
import { EMPTY_ATTACHMENT, Tray } from "./tray.svelte.ts";
import { Writing } from "./writing.svelte.ts";

/** What is being written in one room, kept beside the state of its timeline (the room's or a thread's): leaving the room and coming back loses nothing. */
export interface RoomWriting {
  readonly writing: Writing;
  readonly keeper: DraftKeeper;
  /** The files about to be sent. */
  readonly tray: Tray;
  /** How commands are done; the field says it, which knows the app. */
  readonly done: { act: (action: RoomAction) => Promise<unknown> };
  /** The stored draft was taken over. The room topic tells it only once, when it is opened. */
  isDraftTaken: boolean;
}

// A message on its way when the room is left must still leave the field when its answer comes, so it is not the
// component that holds it. It goes when the timeline's state goes.
const written = new WeakMap<TimelineState, RoomWriting>();

export function roomWriting({ room, timeline }: OpenRoom): RoomWriting {
  const known = written.get(timeline);
  if (known !== undefined) return known;
  const { staging } = room;
  const keeper = new DraftKeeper((draft) =>
    room.saveDraft(draft === null ? null : { ...draft, ...writing.kept }, timeline.thread),
  );
  const writing = new Writing({
    send: (transactionId, content, replyTo) => timeline.send(transactionId, content, replyTo),
    async sendFile(transactionId, words, replyTo) {
      // One name for the file and its message: asked again, both are the same.
      const stagedId: string = transactionId;
      const attachment = { ...EMPTY_ATTACHMENT, stagedId: stagedId as StagedId };
      await staging.stage(attachment.stagedId, new Blob([words], { type: "text/plain" }), strings.textFile);
      const file = { transactionId, attachment, draftLength: words.length };
      return timeline.sendAttachment(file, { html: null, mentions: {} }, replyTo);
    },
    change: (transactionId, target, content, isCaption) =>
      timeline.edit(transactionId, target, content, isCaption),
    edit: (transactionId, content) => timeline.editUnsent(transactionId, content),
    retry: (transactionId) => timeline.retry(transactionId),
    act: (action) => done.act(action),
    canMentionRoom: () => room.view?.canMentionRoom ?? false,
    failureOf,
    draft(text, answers) {
      keeper.changed(text, answers);
      // What was sent must not come back as a draft after a crash.
      if (text === "") keeper.flush();
    },
    newTransactionId: () => crypto.randomUUID() as TransactionId,
  });
  const tray = new Tray({
    stage: (stagedId, file, name, options) => staging.stage(stagedId, file, name, options),
    address: (stagedId: StagedId) => staging.address(stagedId),
    limit: () => staging.limit(),
    discard: (stagedIds) => staging.discard(stagedIds),
    save: (attachments) => room.saveAttachments(attachments, timeline.thread),
    async send(transactionId, attachment, replyTo) {
      const caption = await writtenCaption(attachment, room.view?.canMentionRoom ?? false);
      return timeline.sendAttachment({ transactionId, attachment }, caption, replyTo);
    },
    failureOf,
    newId: () => crypto.randomUUID(),
  });
  const done = { act: (_action: RoomAction): Promise<unknown> => Promise.resolve() };
  const made = { writing, keeper, tray, done, isDraftTaken: false };
  written.set(timeline, made);
  return made;
}
