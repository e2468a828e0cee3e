import type { StagedId, TransactionId } from "../../preload/contract/ids.ts";
import type { Attachment, DraftAttachment, StagedFile } from "../../preload/contract/models/attachment.ts";
import type { DraftMention } from "../../preload/contract/models/room.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { StageOptions } from "../state/staging.ts";
import { strings } from "../text/attachment-strings.ts";
import { prepare } from "./prepare.ts";
import type { Recording, Spoken } from "./voice-recorder.svelte.ts";

/** What the tray needs of the core. */
export interface TrayOutlet {
  stage(stagedId: StagedId, file: Blob, name: string, options?: StageOptions): Promise<StagedFile>;
  address(stagedId: StagedId): string;
  limit(): Promise<number | null>;
  discard(stagedIds: readonly StagedId[]): void;
  /** What is to be kept as the draft. */
  save(attachments: readonly Attachment[]): Promise<void>;
  send(transactionId: TransactionId, attachment: Attachment, replyTo?: MessageTarget): Promise<unknown>;
  failureOf(error: unknown): Failure;
  newId(): string;
}

/** What a message carries besides its file. */
interface Carried extends Partial<Attachment> {
  readonly keepsDetails?: boolean;
}

/** A file, and what its message carries besides. */
interface Taken {
  readonly file: Blob;
  readonly carried: Carried;
}

/** More files at once are a mistake of the hand. */
export const MOST_FILES = 50;
/** As many as the contract takes in a caption. */
const MOST_MENTIONS = 50;
/** A file of which nothing more is known. */
export const EMPTY_ATTACHMENT = {
  ...{ caption: "", thumbnail: null, width: null, height: null, durationMs: null },
  ...{ blurhash: null, voice: null },
} as const;
/** Time without a key after which captions are stored, ms. */
const SAVE_MS = 300;

/** One file on its way into the tray, or in it. */
export class TrayEntry {
  readonly stagedId: StagedId;
  readonly transactionId: TransactionId;
  readonly name: string;
  /** Bytes, as the user's disk says. */
  readonly size: number;
  caption = $state.raw("");
  /** Names in the caption that stand for somebody. */
  mentions = $state.raw<readonly DraftMention[]>([]);
  /** Null while it is being taken. */
  ready = $state.raw<DraftAttachment | null>(null);
  /** Why it cannot be sent, in words. */
  problem = $state.raw<string | null>(null);
  /** The file itself, where all that is wrong with it is that place and camera could not be taken out. */
  unclean = $state.raw<Blob | null>(null);
  /** What to take again, where it was not for the file that it could not be taken: the disk was full. */
  again = $state.raw<Taken | null>(null);
  /** Of a message that was spoken, what is on disk in case it never is whole. */
  kept: Attachment | null = null;
  readonly abort = new AbortController();

  constructor(ids: { stagedId: StagedId; transactionId: TransactionId }, name: string, size: number) {
    this.stagedId = ids.stagedId;
    this.transactionId = ids.transactionId;
    this.name = name;
    this.size = size;
  }

  /** As it will be sent; null while it is not ready. */
  get attachment(): Attachment | null {
    return this.ready === null ? null : this.#captioned(this.ready.attachment);
  }
  /** What a restart is to find of it. */
  get stored(): Attachment | null {
    return this.attachment ?? (this.kept === null ? null : this.#captioned(this.kept));
  }
  #captioned({ mentions: _, ...rest }: Attachment): Attachment {
    const caption = this.caption.trim();
    const named = this.mentions.filter(({ text }) => caption.includes(text));
    return { ...rest, caption, ...(named.length === 0 ? {} : { mentions: named }) };
  }
  get isVoice(): boolean {
    return this.ready !== null && this.ready.attachment.voice !== null;
  }
}

/**
 * The files about to be sent from one room's composer: taken one after the other, shown, captioned, removed, sent in
 * their order. A file leaves the tray only when its message is on disk.
 */
export class Tray {
  entries = $state.raw<readonly TrayEntry[]>([]);
  /** Why the last thing did not work, in words. */
  problem = $state.raw<string | null>(null);
  isSending = $state.raw(false);
  readonly #outlet: TrayOutlet;
  #taking: Promise<void> = Promise.resolve();
  #sending: Promise<boolean> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Of a message being spoken, what is kept of it in case nobody comes to its end. */
  #spoken: Attachment | null = null;
  /** The file into which it goes, and how much of it is there. */
  #growing: { readonly stagedId: StagedId; readonly bytes: number } | null = null;
  #speaking = 0;
  #isKeeping = false;
  /** The stored tray is in here: before, an empty one must not take its place. */
  #isRestored = false;

  constructor(outlet: TrayOutlet) {
    this.#outlet = outlet;
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** Something in it goes with the next Send, or will once it is prepared. */
  get hasSendable(): boolean {
    return this.entries.some(({ problem }) => problem === null);
  }

  /** Files that were dropped, pasted or picked, in their order. Resolves when all of them are taken or refused. */
  add(files: readonly File[]): Promise<void> {
    const room = MOST_FILES - this.entries.length;
    this.problem = files.length > room ? strings.tooMany(MOST_FILES) : null;
    const added = files
      .slice(0, Math.max(0, room))
      .map((file) => ({ file, entry: this.#entryFor(file.name, file.size) }));
    this.entries = [...this.entries, ...added.map(({ entry }) => entry)];
    for (const { file, entry } of added)
      this.#taking = this.#taking.then(() => this.#take(entry, { file, carried: {} }));
    return this.#taking;
  }

  /**
   * A recording is whole when it comes here: it is sent at once, as the answer to `replyTo`. What else waits in the tray
   * goes on waiting. True when it is on disk.
   */
  async addVoice(recording: Recording, replyTo?: MessageTarget): Promise<boolean> {
    const entry = await this.waitVoice(recording);
    return entry.ready !== null && (await this.#guarded(() => this.#sendOne(entry, replyTo)));
  }

  /** Whoever spoke has gone elsewhere: what was said waits here like a file. */
  async waitVoice({ blob, durationMs, waveform }: Recording): Promise<TrayEntry> {
    const entry = this.#entryFor(strings.voiceName, blob.size);
    // Until the whole is on disk, what was kept of it stays. The next one has a file of its own.
    entry.kept = this.#endSpoken();
    this.entries = [...this.entries, entry];
    await this.#take(entry, { file: blob, carried: { durationMs, voice: { waveform } } });
    return entry;
  }

  /**
   * What was said so far of a message being spoken, piece by piece into one file: after a crash, or when the window is
   * closed, it waits in the tray.
   */
  async keepSpoken({ since, durationMs, waveform }: Spoken): Promise<void> {
    if (this.#isKeeping) return;
    this.#isKeeping = true;
    const speaking = this.#speaking;
    const { stagedId, bytes } = this.#growing ?? { stagedId: this.#outlet.newId() as StagedId, bytes: 0 };
    try {
      const piece = since(bytes);
      if (piece.size === 0) return;
      await this.#outlet.stage(stagedId, piece, strings.voiceName, { from: bytes });
      if (speaking !== this.#speaking) {
        if (!this.entries.some(({ kept }) => kept?.stagedId === stagedId)) this.#outlet.discard([stagedId]);
        return;
      }
      this.#growing = { stagedId, bytes: bytes + piece.size };
      const before = this.#spoken;
      this.#spoken = { ...EMPTY_ATTACHMENT, stagedId, durationMs, voice: { waveform } };
      await this.#saveNow();
      if (before !== null && before.stagedId !== stagedId) this.#outlet.discard([before.stagedId]);
    } catch {
      // The next occasion keeps all of it in another file; until then what is there stays.
      if (speaking === this.#speaking) this.#growing = null;
    } finally {
      this.#isKeeping = false;
    }
  }

  /** Nothing is being spoken any more. */
  dropSpoken(): void {
    const kept = this.#endSpoken();
    if (kept !== null) void this.#saveNow().then(() => this.#outlet.discard([kept.stagedId]));
  }

  #endSpoken(): Attachment | null {
    const kept = this.#spoken;
    this.#speaking += 1;
    this.#spoken = this.#growing = null;
    return kept;
  }

  /** The user wants it sent with what could not be taken out of it. */
  takeUnclean(entry: TrayEntry): Promise<void> {
    const file = entry.unclean;
    return file === null ? this.#taking : this.#takeAgain(entry, { file, carried: { keepsDetails: true } });
  }

  /** There may be room on the disk now. Asked twice it is done once; the same file under the same name is one file. */
  retry(entry: TrayEntry): Promise<void> {
    return entry.again === null ? this.#taking : this.#takeAgain(entry, entry.again);
  }

  #takeAgain(entry: TrayEntry, taken: Taken): Promise<void> {
    entry.unclean = entry.again = entry.problem = null;
    this.#taking = this.#taking.then(() => this.#take(entry, taken));
    return this.#taking;
  }

  remove(entry: TrayEntry): void {
    entry.abort.abort();
    this.entries = this.entries.filter((one) => one !== entry);
    void this.#saveNow();
    this.#outlet.discard(idsOf(entry));
  }

  caption(entry: TrayEntry, text: string): void {
    entry.caption = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), SAVE_MS);
  }

  /** The stored tray came. What was added before it came stands behind it. */
  restore(stored: readonly DraftAttachment[]): void {
    const known = this.entries.map(({ stagedId }) => stagedId);
    const restored = stored
      .filter(({ file }) => !known.includes(file.stagedId))
      .map((one) => {
        const entry = this.#entryFor(one.file.name, one.file.size, one.file.stagedId);
        entry.caption = one.attachment.caption;
        entry.mentions = one.attachment.mentions ?? [];
        entry.ready = one;
        return entry;
      });
    const isMore = this.entries.length > 0;
    this.entries = [...restored, ...this.entries];
    this.#isRestored = true;
    if (isMore) void this.#saveNow();
  }

  /** Somebody was picked: this name in the caption means them. */
  mention(entry: TrayEntry, one: DraftMention): void {
    const others = entry.mentions.filter(({ text }) => text !== one.text);
    entry.mentions = [...others, one].slice(-MOST_MENTIONS);
  }

  /**
   * Waits for what is being taken, and sends everything that can be sent, in order; the first is the answer to
   * `replyTo`. Asked twice it is done once. True when all of it is on disk.
   */
  send(replyTo?: MessageTarget): Promise<boolean> {
    this.#sending ??= this.#guarded(() => this.#sendAll(replyTo)).finally(() => (this.#sending = null));
    return this.#sending;
  }

  async #sendAll(replyTo: MessageTarget | undefined): Promise<void> {
    await this.#taking;
    let answers = replyTo;
    for (let entry = this.#next(); entry !== undefined; entry = this.#next()) {
      await this.#sendOne(entry, answers);
      answers = undefined;
    }
  }

  async #guarded(work: () => Promise<void>): Promise<boolean> {
    this.isSending = true;
    this.problem = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = strings.notStored(this.#outlet.failureOf(error));
      return false;
    } finally {
      this.isSending = false;
      void this.#saveNow();
    }
  }

  /** A file that was refused stays until it is removed, and holds up nobody. */
  #next(): TrayEntry | undefined {
    return this.entries.find(({ ready }) => ready !== null);
  }

  async #sendOne(entry: TrayEntry, replyTo?: MessageTarget): Promise<void> {
    const { attachment } = entry;
    if (attachment === null) return;
    await this.#outlet.send(entry.transactionId, attachment, replyTo);
    this.entries = this.entries.filter((one) => one !== entry);
  }

  /** At blur, on leaving the room, when the page goes away. */
  flush(): void {
    clearTimeout(this.#timer);
    void this.#saveNow();
  }

  #entryFor(name: string, size: number, stagedId = this.#outlet.newId() as StagedId): TrayEntry {
    return new TrayEntry({ stagedId, transactionId: this.#outlet.newId() as TransactionId }, name, size);
  }

  async #take(entry: TrayEntry, taken: Taken): Promise<void> {
    if (entry.abort.signal.aborted) return;
    const { file } = taken;
    const { keepsDetails = false, ...more } = taken.carried;
    try {
      const limit = await this.#outlet.limit();
      if (limit !== null && file.size > limit) {
        entry.problem = strings.tooLarge(file.size, limit);
        return;
      }
      const options = { signal: entry.abort.signal, keepsDetails };
      const staged = await this.#outlet.stage(entry.stagedId, file, entry.name, options);
      const found = await prepare(staged, file, {
        stage: (blob, name) => this.#outlet.stage(this.#outlet.newId() as StagedId, blob, name),
        address: (stagedId) => this.#outlet.address(stagedId),
      });
      const attachment = { ...EMPTY_ATTACHMENT, stagedId: entry.stagedId, ...found, ...more };
      entry.ready = { file: staged, attachment };
      // Removed meanwhile: the file is not needed any more.
      if (entry.abort.signal.aborted) return this.#outlet.discard(idsOf(entry));
      // What is whole takes the place of what was kept of it, in one step.
      const { kept } = entry;
      entry.kept = null;
      void this.#saveNow().then(() => this.#outlet.discard(kept === null ? [] : [kept.stagedId]));
    } catch (error) {
      if (entry.abort.signal.aborted) return;
      const failure = this.#outlet.failureOf(error);
      entry.problem = strings.notTaken(failure);
      if (failure.message === "photo-unreadable") entry.unclean = file;
      else if (!isAboutTheFile(failure)) entry.again = taken;
    }
  }

  async #saveNow(): Promise<void> {
    if (!this.#isRestored) return;
    const attachments = [...this.entries.map(({ stored }) => stored), this.#spoken];
    await this.#outlet.save(attachments.filter((one) => one !== null)).catch(() => undefined);
  }
}

/** Taken again, it would be refused again. */
const isAboutTheFile = ({ kind, message, errcode }: Failure): boolean =>
  errcode === "M_TOO_LARGE" || (kind === "invalid" && !message.startsWith("unreadable-file"));

function idsOf({ stagedId, ready, kept }: TrayEntry): readonly StagedId[] {
  return [stagedId, ready?.attachment.thumbnail?.stagedId, kept?.stagedId].filter((id) => id !== undefined);
}
