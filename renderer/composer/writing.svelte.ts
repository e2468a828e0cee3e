import { MAX_DRAFT_LENGTH } from "../../preload/contract/draft-limit.ts";
import type { TransactionId } from "../../preload/contract/ids.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { MessageContent } from "../../preload/contract/models/message-content.ts";
import type { Draft, DraftEdit, DraftMention } from "../../preload/contract/models/room.ts";
import type { MessageItem, Quote } from "../../preload/contract/models/timeline.ts";
import { commandStrings } from "../text/composer-strings.ts";
import { quoteLine } from "../text/quote-line.ts";
import { relationStrings } from "../text/relation-strings.ts";
import { failureSentence } from "../text/strings.ts";
import { strings } from "../text/timeline-strings.ts";
import type { RoomAction } from "./commands.ts";
import { nameOf, targetOf, type Answered, type Outlet } from "./outlet.ts";
import { captionIn } from "./caption.ts";
import { prepareFormatting } from "./formatting.ts";
import { Halfway, isSameMessage } from "./halfway.ts";
import { mentionsIn } from "./mentions-in.ts";
import { toContent, type Instead, type Written } from "./to-content.ts";
import { toTyped, withSlash } from "./to-typed.ts";
import { typedSince } from "./typed-since.ts";

/** As many as the contract takes in a draft. */
const MAX_MENTIONS = 200;

/** What one would type to get the words of this message, or of the file it carries; null while nobody can say. */
function typedOf({ body }: MessageItem): string | null {
  const html = "html" in body ? (body.html ?? null) : null;
  return toTyped("media" in body ? "text" : body.type, captionIn(body) ?? body.text, html, mentionsIn(body));
}

/** Words that go as a file. */
interface AsFile {
  readonly words: string;
}

interface Pending {
  readonly transactionId: TransactionId;
  readonly content: MessageContent | AsFile;
  /** The part of the field it came from. */
  readonly typed: string;
  readonly answers: Answered | null;
}

/**
 * The text being written in one room, and its way out. The rules: words leave the field only when they are on disk;
 * keys pressed while that is being asked stay; one Enter is one message; several go in order.
 */
export class Writing {
  text = $state.raw("");
  /** What became of the message that was answered or edited, in words, when it is gone. */
  notice = $state.raw<string | null>(null);
  /** Why what was written here before is not here yet, in words; null when it is, or is about to be. */
  notRead = $state.raw<string | null>(null);
  /** The message that is answered. */
  replying = $state.raw<Answered | null>(null);
  /** The message of ours whose text is in the field. */
  editing = $state.raw<MessageItem | null>(null);
  /** What was being edited when the app ended: it goes on once its message is here, unless something else is written. */
  resuming = $state.raw<DraftEdit | null>(null);
  /** Names in the text that stand for somebody. */
  mentions = $state.raw<readonly DraftMention[]>([]);
  /** A command is on its way to the server. */
  isActing = $state.raw(false);
  /** Told when the field was changed from here: how many characters went at its front. */
  onreplaced: (removedInFront: number) => void = () => {};
  readonly #outlet: Outlet;
  #trouble = $state.raw<{ readonly problem: string; readonly instead?: Instead } | null>(null);
  #pending: readonly Pending[] = [];
  #isSaving = false;
  #isEditedGone = false;
  /** What was in the field before editing began. */
  #setAside = "";
  /** What editing began with. */
  #began = "";
  readonly #halfway = new Halfway();
  /** The edits that were last given to be kept. */
  #keptEdits = "";
  /** Refused or of unknown fate: the same words again are the same message. */
  #failed: Pending | null = null;
  /** An edit of unknown fate: the same words again are the same edit. */
  #edit: { readonly id: string; readonly words: string; readonly transactionId: TransactionId } | null = null;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** Why the last Enter did not do what was meant, in words. */
  get problem(): string | null {
    return this.#trouble?.problem ?? null;
  }
  /** How what is in the field can be sent all the same. */
  get instead(): Instead | null {
    return this.#trouble?.instead ?? null;
  }

  /** The field has a new text. */
  typed(text: string): void {
    this.text = text;
    this.#trouble = null;
    this.notice = null;
    if (this.editing !== null) return this.#keep(this.#setAside, false);
    this.resuming = null;
    this.#keep(text);
  }

  /** Somebody was picked: this name in the text means them. */
  mention(one: DraftMention): void {
    const others = this.mentions.filter(({ text }) => text !== one.text);
    this.mentions = [...others, one].slice(-MAX_MENTIONS);
  }

  /**
   * A custom emoji was picked: answers what stands in the text for it. Another of the same name that stands there keeps
   * it, and this one gets a number.
   */
  mentionEmoji({ text, id }: DraftMention): string {
    const isTaken = (name: string): boolean =>
      this.mentioned.some((one) => one.text === name && one.id !== id);
    let name = text;
    for (let n = 2; isTaken(name); n++) name = text.replace(/:$/, `-${n}:`);
    this.mention({ text: name, id });
    return name;
  }

  /** Those that stand in the text now; what was deleted again is nobody's mention. */
  get mentioned(): readonly DraftMention[] {
    return this.#mentionedIn(this.text);
  }

  #mentionedIn(words: string): readonly DraftMention[] {
    return this.mentions.filter(({ text }) => words.includes(text));
  }

  /**
   * The stored draft came. What was typed before it came stands after it, on lines of its own, and is stored with it from
   * here on. While a message is edited it waits behind that.
   */
  restore({ body, mentions = [], edits = [] }: Draft, answered: Answered | null): void {
    const typed = this.#draft;
    const hasMore = typed !== "" || this.replying !== null || this.#edits.length > 0;
    this.#halfway.restore(edits);
    if (this.editing === null && typed === "") this.resuming = edits.find(({ isOpen }) => isOpen) ?? null;
    this.#keptEdits = JSON.stringify(this.#edits);
    this.replying ??= answered;
    this.mentions = [...mentions, ...this.mentions];
    if (body !== "") {
      const both = typed === "" || body.endsWith("\n") ? body + typed : `${body}\n${typed}`;
      if (this.editing !== null) this.#setAside = both;
      else {
        this.text = both;
        this.onreplaced(0);
      }
    }
    if (hasMore) this.#keep(this.#draft);
  }

  /** What is being written here, also while a message is edited in its place. */
  get #draft(): string {
    return this.editing === null ? this.text : this.#setAside;
  }

  /** What looks like a command is meant as text: a second slash says so. */
  beginWithSlash(): void {
    if (!this.text.startsWith("/")) return;
    this.#replace(`/${this.text}`);
    if (this.editing === null) this.#keep(this.text);
  }

  /** Enter. */
  send(): void {
    if (this.editing !== null) return void this.#saveEdit(this.editing);
    const typed = this.#unsent();
    const written = this.#write(typed);
    if (written.content === null) {
      if ("isLoading" in written) void prepareFormatting().then(() => this.send());
      else if ("action" in written) void this.#act(written.action, typed);
      else this.#trouble = written.problem === null ? null : written;
      return;
    }
    this.#queue(written.content, typed);
  }

  /** What is too long for a message goes as a file of it, exactly as it was typed. */
  sendAsFile(): void {
    const words = this.#unsent();
    if (this.editing === null && words !== "") this.#queue({ words }, words);
  }

  /** What is in the field and not on its way. */
  #unsent(): string {
    return typedSince(this.#pending.map((one) => one.typed).join(""), this.text);
  }

  #queue(content: Pending["content"], typed: string): void {
    const again = this.#failed;
    const answers = this.replying;
    const isSame =
      again !== null &&
      nameOf(again.answers) === nameOf(answers) &&
      JSON.stringify(again.content) === JSON.stringify(content);
    const transactionId = isSame ? again.transactionId : this.#outlet.newTransactionId();
    this.#pending = [...this.#pending, { transactionId, content, typed, answers }];
    this.#trouble = null;
    this.notice = null;
    this.replying = null;
    // While one is on its way the loop is running and comes to this one by itself.
    if (this.#pending.length === 1) void this.#drain();
  }

  beginReply({ eventId, transactionId, sender, body }: MessageItem): void {
    this.resuming = null;
    this.#leaveHalfway();
    this.cancelEdit();
    this.replying = { eventId, transactionId, name: sender.name, text: body.text };
    this.#keep(this.text);
  }

  /**
   * The message that is answered is this now. Where it was deleted its words go from here, too (RED-02), and the answer
   * may still be sent. What never went out cannot be answered: then the words stay without it.
   */
  heardOfAnswered(quote: Quote): void {
    const { replying } = this;
    if (replying === null || quote.state === "loading" || (quote.state === "missing" && replying.text !== ""))
      return;
    if (quote.state === "redacted" && quote.eventId === null) {
      this.cancelReply();
      this.notice = relationStrings.answeredGone;
      return;
    }
    const { text } = quoteLine(quote);
    if (replying.text === text) return;
    this.replying = { ...replying, name: replying.name ?? quote.sender?.name ?? null, text };
  }

  /** The message that is edited is this now. Where it was deleted, what was typed stays as words of its own. */
  heardOfEdited(quote: Quote): void {
    this.#isEditedGone = quote.state === "redacted";
    // While it is being saved under another name the answer says what became of it.
    if (!this.#isSaving) this.#leaveLostEdit();
  }

  #leaveLostEdit(): void {
    const item = this.editing;
    if (item === null || !this.#isEditedGone) return;
    const changed = this.text === this.#began ? [] : [this.text];
    const before = this.#setAside;
    this.editing = null;
    this.#setAside = "";
    this.#keepAsOwn([before, ...changed]);
    this.notice = changed.length > 0 ? relationStrings.editedGoneKept : relationStrings.editedGone;
  }

  #keepAsOwn(texts: readonly string[]): void {
    const kept = texts.filter((text) => text.trim() !== "").join("\n");
    this.#replace(kept);
    this.#keep(kept);
  }

  cancelReply(): void {
    this.replying = null;
    this.#keep(this.text);
  }

  /** What is kept with the text of a draft. */
  get kept(): Omit<Draft, "body"> {
    const replyTo = targetOf(this.replying);
    const edits = this.#edits;
    const mentions = this.#mentionedIn([this.#draft, ...edits.map(({ body }) => body)].join("\n"));
    return {
      ...(mentions.length === 0 ? {} : { mentions }),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(edits.length === 0 ? {} : { edits }),
    };
  }

  /** Changed words of messages that are not saved, those in the field last. */
  get #edits(): readonly DraftEdit[] {
    const { editing } = this;
    if (editing === null) return this.#halfway.kept(this.resuming);
    if (this.text === this.#began) return this.#halfway.kept(null);
    const { eventId, transactionId } = editing;
    return this.#halfway.kept({ eventId, transactionId, body: this.text });
  }

  /** What was sent must not come back as a draft after a crash. */
  #keep(text: string, isUrgent = text === ""): void {
    if (text.length > MAX_DRAFT_LENGTH) return this.editing === null ? this.#warn(text) : undefined;
    const edits = this.#edits;
    this.#keptEdits = JSON.stringify(edits);
    this.#outlet.draft(text, nameOf(this.replying) + (edits.length === 0 ? "" : this.#keptEdits), isUrgent);
  }

  #keepEdits(isUrgent = false): void {
    if (JSON.stringify(this.#edits) !== this.#keptEdits) this.#keep(this.#draft, isUrgent);
  }

  /** Nobody keeps as much: it can go as a file, and should soon. */
  #warn(text: string): void {
    const written = this.#write(text);
    if (written.content === null && "problem" in written && written.problem !== null) this.#trouble = written;
  }

  beginEdit(item: MessageItem): void {
    if (item.transactionId === null && item.eventId === null) return;
    this.resuming = null;
    if (this.editing === null) this.#setAside = this.text;
    this.#leaveHalfway();
    this.#isEditedGone = false;
    this.editing = item;
    for (const one of mentionsIn(item.body)) this.mention(one);
    const typed = typedOf(item);
    this.#began = typed ?? withSlash(captionIn(item.body) ?? item.body.text);
    this.#replace(this.#halfway.take(item) ?? this.#began);
    this.#keepEdits();
    if (typed === null) void prepareFormatting().then(() => this.#beganAs(item));
  }

  /**
   * The message of `resuming` is here: its edit goes on in the field. Where its words are those that stand there by now
   * the app ended in the moment of saving them.
   */
  async resume(item: MessageItem): Promise<void> {
    const { resuming } = this;
    if (resuming === null || !isSameMessage(item, resuming)) return;
    if (typedOf(item) === null) await prepareFormatting();
    if (this.resuming !== resuming) return;
    if (typedOf(item) !== resuming.body) return this.beginEdit(item);
    this.#forgetResuming(resuming);
    this.#keepEdits(true);
  }

  /** The message of `resuming` is this now. Where it was deleted, its changed words become words of their own. */
  heardOfResuming({ state }: Quote): void {
    const { resuming } = this;
    if (resuming === null || state !== "redacted") return;
    this.#forgetResuming(resuming);
    this.#keepAsOwn([this.text, resuming.body]);
    this.notice = relationStrings.editedGoneKept;
  }

  #forgetResuming(resuming: DraftEdit): void {
    this.resuming = null;
    this.#halfway.take(resuming);
  }

  /** Nobody has said that the changed words may go: Escape does, another message does not. */
  #leaveHalfway(): void {
    if (this.editing !== null && this.text !== this.#began) this.#halfway.leave(this.editing, this.text);
  }

  /** What went out is not halfway any more, also where another message was taken up meanwhile. */
  #arrived(item: MessageItem, typed: string): void {
    this.#halfway.arrived(item, typed);
    if (this.editing?.id !== item.id) this.#keepEdits(true);
  }

  /** What formats it has come: unless somebody has begun to change it, it stands there as it was written. */
  #beganAs(item: MessageItem): void {
    if (this.editing !== item) return;
    const isUnchanged = this.text === this.#began;
    this.#began = typedOf(item) ?? this.#began;
    if (isUnchanged && this.text !== this.#began) this.#replace(this.#began);
  }

  cancelEdit(): void {
    if (this.editing === null) return;
    this.editing = null;
    this.#replace(this.#setAside);
    this.#setAside = "";
    this.#keepEdits(true);
  }

  #write(typed: string): Written {
    const canMentionRoom = this.#outlet.canMentionRoom();
    return toContent(typed, { mentions: this.mentions, canMentionRoom, isEdit: this.editing !== null });
  }

  /** The words of a command stay until it is done, and stay when it is refused. */
  async #act(action: RoomAction, typed: string): Promise<void> {
    if (this.isActing) return;
    this.isActing = true;
    this.#trouble = null;
    try {
      await this.#outlet.act(action);
      this.#leave(typed);
    } catch (error) {
      this.#trouble = { problem: commandStrings.failed(failureSentence(this.#outlet.failureOf(error))) };
    } finally {
      this.isActing = false;
    }
  }

  async #drain(): Promise<void> {
    for (let one = this.#pending[0]; one !== undefined; one = this.#pending[0]) {
      try {
        await this.#hand(one);
      } catch (error) {
        this.#giveBack(one, this.#outlet.failureOf(error));
        return;
      }
      this.#failed = null;
      this.#pending = this.#pending.slice(1);
      this.#leave(one.typed);
    }
  }

  #hand({ transactionId, content, answers }: Pending): Promise<unknown> {
    return "words" in content
      ? this.#outlet.sendFile(transactionId, content.words, targetOf(answers))
      : this.#outlet.send(transactionId, content, targetOf(answers));
  }

  /** On disk: now it leaves the field. */
  #leave(typed: string): void {
    if (this.editing !== null) {
      this.#setAside = typedSince(typed, this.#setAside);
      this.#keep(this.#setAside);
      return;
    }
    const isInFront = this.text.startsWith(typed);
    this.text = isInFront ? this.text.slice(typed.length) : typedSince(typed, this.text);
    if (this.text === "" && this.#edits.length === 0) this.mentions = [];
    this.onreplaced(isInFront ? typed.length : 0);
    this.#keep(this.text);
  }

  /** Not on disk: every word stays, those behind it on lines of their own. */
  #giveBack(one: Pending, failure: Failure): void {
    const waiting = this.#pending;
    this.#pending = [];
    this.#failed = one;
    this.replying ??= one.answers;
    const trouble = {
      problem: strings.composer.notStored(failureSentence(failure)),
      ...("words" in one.content ? { instead: "file" as const } : {}),
    };
    this.#trouble = trouble;
    if (waiting.length < 2 || this.editing !== null) return;
    const rest = typedSince(waiting.map((each) => each.typed).join(""), this.text);
    const lines = waiting.map((each) => each.typed);
    this.#replace(rest === "" ? lines.join("\n") : [...lines, rest].join("\n"));
    this.#keep(this.text);
    this.#trouble = trouble;
  }

  async #saveEdit(item: MessageItem): Promise<void> {
    const written = this.#rewritten(item, this.text);
    if (written.content === null) {
      if ("isLoading" in written) void prepareFormatting().then(() => this.#saveEdit(item));
      // A message does not turn into something done.
      else if ("action" in written) this.#trouble = { problem: commandStrings.notInEdit };
      else this.#trouble = written.problem === null ? null : written;
      return;
    }
    if (this.#isSaving) return;
    this.#isSaving = true;
    try {
      await (item.send?.state === "unsent" && item.transactionId !== null
        ? this.#saveUnsent(item, item.transactionId, written.content)
        : this.#saveSent(item, written.content));
    } catch (error) {
      this.#trouble = { problem: failureSentence(this.#outlet.failureOf(error)) };
    } finally {
      this.#isSaving = false;
      this.#leaveLostEdit();
    }
  }

  /** Nothing is a caption, too: the body is then the file's name (spec: media captions). */
  #rewritten({ body }: MessageItem, text: string): Written {
    if (text.trim() === "" && "media" in body)
      return { content: { msgtype: "m.text", body: body.media.name || body.text } };
    return this.#write(text);
  }

  async #saveUnsent(item: MessageItem, transactionId: TransactionId, content: MessageContent): Promise<void> {
    const typed = this.text;
    const isEdited = await this.#outlet.edit(transactionId, content);
    if (isEdited) this.#arrived(item, typed);
    if (this.editing?.id !== item.id) return;
    if (!isEdited) {
      this.#trouble = { problem: strings.tooLateToEdit };
      return;
    }
    this.cancelEdit();
    // Whoever corrects a message that did not go wants it to go.
    await this.#outlet.retry(transactionId);
  }

  async #saveSent(item: MessageItem, content: MessageContent): Promise<void> {
    const isCaption = "media" in item.body;
    const isSame = JSON.stringify(this.#rewritten(item, this.#began).content) === JSON.stringify(content);
    const target = targetOf(item);
    // The same words again are no edit.
    if (!isSame && target !== undefined) {
      const words = JSON.stringify(content);
      const again = this.#edit?.id === item.id && this.#edit.words === words ? this.#edit : null;
      const edit = again ?? {
        id: item.id,
        words,
        transactionId: this.#outlet.newTransactionId(),
      };
      this.#edit = edit;
      const typed = this.text;
      await this.#outlet.change(edit.transactionId, target, content, isCaption);
      this.#arrived(item, typed);
      this.#edit = null;
    }
    if (this.editing?.id === item.id) this.cancelEdit();
  }

  #replace(text: string): void {
    this.text = text;
    this.#trouble = null;
    this.notice = null;
    this.onreplaced(0);
  }
}
