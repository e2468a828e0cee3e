import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { Draft, DraftEdit, DraftMention } from "../../../preload/contract/models/room.ts";
import { isObject, stringOf } from "../event.ts";
import type { Clock } from "../platform.ts";
import { queueStatements, type DraftRow } from "../store/queries/sending.ts";
import { threadNames } from "../store/queries/thread-names.ts";
import type { Store } from "../store/store.ts";

export interface DraftsDeps {
  readonly store: Pick<Store, "kept">;
  readonly clock: Clock;
  readonly session: () => { readonly userId: UserId } | null;
}

/** The text waiting in each composer. Kept on disk, over restarts and sign-outs of the same person. */
export interface Drafts {
  /** With `thread` that of the thread of this root. */
  load(roomId: RoomId, thread?: MessageTarget): Draft | null;
  /** Something waits in the composer of the thread of this root that has words. */
  isWritten(roomId: RoomId, thread: MessageTarget): boolean;
  /** Durable when it returns; null, or no text that answers nothing and no edit, removes it. */
  save(roomId: RoomId, draft: Draft | null, thread?: MessageTarget): void;
  /**
   * These words have become a message: the draft goes, unless it has others. The composer says so itself, but only after
   * the message is on disk; a power cut between the two would bring the words back beside their message. Edits stay.
   */
  sent(roomId: RoomId, body: string, thread?: MessageTarget): void;
  /** As `sent`, of words that went as a file, which says whether it begins with others. */
  sentAsFile(roomId: RoomId, file: (beginning: string) => boolean, thread?: MessageTarget): void;
}

export function createDrafts({ store, clock, session }: DraftsDeps): Drafts {
  const rows = queueStatements(store);
  const names = threadNames(store.kept);

  function rowOf(roomId: RoomId, thread: MessageTarget | undefined): DraftRow | undefined {
    const userId = session()?.userId;
    if (userId === undefined) return undefined;
    if (thread === undefined) return rows.draft.get({ userId, roomId });
    // It may have been written while the root was not sent yet, or under an id it had before an edit.
    for (const threadId of names(userId, roomId, thread)) {
      const row = rows.threadDraft.get({ userId, roomId, threadId });
      if (row !== undefined) return row;
    }
    return undefined;
  }

  function saveIn(roomId: RoomId, thread: MessageTarget, draft: DraftRow | null): void {
    const userId = session()?.userId;
    const [name, ...others] = userId === undefined ? [] : names(userId, roomId, thread);
    if (userId === undefined || name === undefined) return;
    // A power cut finds the one or the other.
    store.kept.transaction(() => {
      for (const threadId of [name, ...others]) rows.deleteThreadDraft.run({ userId, roomId, threadId });
      if (draft !== null)
        rows.saveThreadDraft.run({ userId, roomId, threadId: name, ...draft, now: clock.now() });
    });
  }

  const drafts: Drafts = {
    load(roomId, thread) {
      const row = rowOf(roomId, thread);
      return row === undefined ? null : draftOf(row);
    },
    isWritten(roomId, thread) {
      const { body = "", edits = [] } = drafts.load(roomId, thread) ?? {};
      return body.trim() !== "" || edits.some(({ isOpen }) => isOpen);
    },
    save(roomId, draft, thread) {
      const userId = session()?.userId;
      if (userId === undefined) return;
      const row = draft === null || isEmpty(draft) ? null : rowFor(draft);
      if (thread !== undefined) saveIn(roomId, thread, row);
      else if (row === null) rows.deleteDraft.run({ userId, roomId });
      else rows.saveDraft.run({ userId, roomId, ...row, now: clock.now() });
    },
    sent: (roomId, body, thread) =>
      drafts.sentAsFile(roomId, (beginning) => body.startsWith(beginning), thread),
    sentAsFile(roomId, file, thread) {
      const draft = drafts.load(roomId, thread);
      // Typing is saved now and then: what is stored may be the beginning of what was sent.
      if (draft === null || !file(draft.body.trimEnd())) return;
      const { edits = [], mentions } = draft;
      const left = { body: "", edits, ...(mentions === undefined ? {} : { mentions }) };
      drafts.save(roomId, edits.length === 0 ? null : left, thread);
    },
  };
  return drafts;
}

const isEmpty = ({ body, replyTo, edits = [] }: Draft): boolean =>
  body === "" && replyTo === undefined && edits.length === 0;

const rowFor = ({ body, mentions, replyTo, edits = [] }: Draft): DraftRow => ({
  body,
  mentions: mentions === undefined ? null : JSON.stringify(mentions),
  replyTo: replyTo === undefined ? null : JSON.stringify(replyTo),
  edits: edits.length === 0 ? null : JSON.stringify(edits),
});

function draftOf(row: DraftRow): Draft {
  const mentions = mentionsOf(row.mentions);
  const replyTo = targetOf(parsed(row.replyTo));
  const edits = editsOf(row.edits);
  return {
    body: row.body,
    ...(mentions.length === 0 ? {} : { mentions }),
    ...(replyTo === null ? {} : { replyTo }),
    ...(edits.length === 0 ? {} : { edits }),
  };
}

/** Written by us and read back as such; what another version wrote and we cannot read is no loss of words. */
function mentionsOf(json: string | null): readonly DraftMention[] {
  const value = parsed(json);
  return Array.isArray(value) ? (value as readonly DraftMention[]) : [];
}

function editsOf(json: string | null): readonly DraftEdit[] {
  const value = parsed(json);
  return !Array.isArray(value) ? [] : value.flatMap((one: unknown) => editOf(one) ?? []);
}

function editOf(value: unknown): DraftEdit | null {
  const target = targetOf(value);
  if (target === null || !isObject(value)) return null;
  const body = stringOf(value, "body");
  return body === null ? null : { ...target, body, isOpen: value["isOpen"] === true };
}

function targetOf(value: unknown): MessageTarget | null {
  if (!isObject(value)) return null;
  const target = { eventId: stringOf(value, "eventId"), transactionId: stringOf(value, "transactionId") };
  return target.eventId === null && target.transactionId === null ? null : (target as MessageTarget);
}

function parsed(json: string | null): unknown {
  try {
    return json === null ? null : JSON.parse(json);
  } catch {
    return null;
  }
}
