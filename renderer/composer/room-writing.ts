import type { StagedId, TransactionId } from "../../preload/contract/ids.ts";
import type { KeptDraft, RoomView } from "../../preload/contract/models/room.ts";
import { failureOf } from "../state/failure-of.ts";
import type { OpenRoom } from "../state/open-rooms.ts";
import type { TimelineState } from "../state/timeline.svelte.ts";
import { strings } from "../text/attachment-strings.ts";
import { composerStrings } from "../text/composer-strings.ts";
import { quoteLine } from "../text/quote-line.ts";
import { failureSentence } from "../text/strings.ts";
import type { RoomAction } from "./commands.ts";
import { writtenCaption } from "./caption.ts";
import { DraftKeeper } from "./draft-keeper.ts";
import type { Answered } from "./outlet.ts";
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
  /**
   * Takes over what is stored here, once. That of the room comes with its topic; that of a thread is asked for, and again
   * where it could not be read.
   */
  read(): void;
}

// A message on its way when the room is left must still leave the field when its answer comes, so it is not the
// component that holds it. It goes when the timeline's state goes.
const written = new WeakMap<TimelineState, RoomWriting>();

export function roomWriting({ room, timeline }: OpenRoom): RoomWriting {
  const known = written.get(timeline);
  if (known !== undefined) return known;
  const { staging } = room;
  const keeper = new DraftKeeper(
    (draft) => room.saveDraft(draft === null ? null : { ...draft, ...writing.kept }, timeline.thread),
    () => read(),
  );
  const writing = new Writing({
    send: (transactionId, content, replyTo) =>
      timeline.send(transactionId, content, replyTo).finally(() => keeper.sent()),
    async sendFile(transactionId, words, replyTo) {
      // One name for the file and its message: asked again, both are the same.
      const stagedId: string = transactionId;
      const attachment = { ...EMPTY_ATTACHMENT, stagedId: stagedId as StagedId };
      await staging.stage(attachment.stagedId, new Blob([words], { type: "text/plain" }), strings.textFile);
      const file = { transactionId, attachment, draftLength: words.length };
      return timeline
        .sendAttachment(file, { html: null, mentions: {} }, replyTo)
        .finally(() => keeper.sent());
    },
    change: (transactionId, target, content, isCaption) =>
      timeline.edit(transactionId, target, content, isCaption),
    edit: (transactionId, content) => timeline.editUnsent(transactionId, content),
    retry: (transactionId) => timeline.retry(transactionId),
    act: (action) => done.act(action),
    canMentionRoom: () => room.view?.canMentionRoom ?? false,
    failureOf,
    draft(text, beside, isUrgent) {
      keeper.changed(text, beside);
      if (isUrgent) keeper.flush();
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
  let isAsked = false;
  const done = { act: (_action: RoomAction): Promise<unknown> => Promise.resolve() };
  const made: RoomWriting = { writing, keeper, tray, done, read };
  written.set(timeline, made);
  return made;

  function read(): void {
    const { view } = room;
    if (isAsked || view === null) return;
    isAsked = true;
    if (timeline.thread === null) return take(view);
    room.loadThreadDraft(timeline.thread).then(take, (error: unknown) => {
      isAsked = false;
      writing.notRead = composerStrings.notRead(failureSentence(failureOf(error)));
    });
  }
  function take({ draft, attachments }: Pick<RoomView, "draft" | "attachments">): void {
    writing.notRead = null;
    // The field may be saved over what is stored from here on, and the tray as well.
    keeper.open();
    writing.restore(draft ?? { body: "" }, draft === null ? null : answeredBy(draft));
    tray.restore(attachments);
  }
}

function answeredBy({ replyTo, answers }: KeptDraft): Answered | null {
  if (replyTo === undefined) return null;
  const text = answers === undefined ? "" : quoteLine(answers).text;
  return { ...replyTo, name: answers?.sender?.name ?? null, text };
}
