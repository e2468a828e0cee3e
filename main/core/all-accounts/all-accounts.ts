import type { AccountView } from "../../../preload/contract/models/accounts.ts";
import type { StageAnswer } from "../../../preload/contract/models/attachment.ts";
import type { CallsView } from "../../../preload/contract/models/call.ts";
import type { Notice } from "../../../preload/contract/models/notice.ts";
import type { AccountCore, Core, CoreHandlers, MediaAnswer, StageRequest } from "../api.ts";
import { aborted, failed, FailureError, invalid } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { createValueTopic } from "../value-topic.ts";
import { createAccountBook, FIRST, onlyFirst, type AccountBook } from "./account-book.ts";
import { createFollowedTopics, type FollowedTopics } from "./followed-topics.ts";
import { areSameNotices, commonNotices, ownPath, ownStagedPath, ownTag } from "./notices.ts";
import { openSlot, type OpenCore, type Slot } from "./slot.ts";

const MAX_ACCOUNTS = 10;

/**
 * What a host takes for the core: several of them, one an account, with one face. Every account syncs, sends and
 * notifies all the time; requests and topics are those of the one that is shown. Throws FailureError when the profile
 * cannot be used.
 */
export async function openAllAccounts(platform: Platform, openCore: OpenCore): Promise<Core> {
  const accounts = new AllAccounts(platform, openCore);
  await accounts.open();
  return accounts.face();
}

type UsableSlot = Slot & { readonly core: AccountCore };

class AllAccounts {
  readonly #platform: Platform;
  readonly #openCore: OpenCore;
  readonly #book: AccountBook;
  readonly #views = createValueTopic<readonly AccountView[]>([]);
  readonly #notices = createValueTopic<readonly Notice[]>([], areSameNotices);
  #slots: Slot[] = [];
  readonly #bound = new Map<string, CoreHandlers>();
  #active!: UsableSlot;
  #topics!: FollowedTopics;
  /** What the page was last told of calls. */
  #calls: CallsView | null = null;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(platform: Platform, openCore: OpenCore) {
    this.#platform = platform;
    this.#openCore = openCore;
    this.#book = createAccountBook(platform.profileDir);
  }

  async open(): Promise<void> {
    // The first one's core locks the profile: until then its files may be somebody else's.
    const first = await this.#openSlot(FIRST);
    const kept = this.#book.load();
    const { active, accountIds } = kept ?? onlyFirst;
    if (kept !== null) this.#book.sweep(kept);
    this.#slots = [first];
    for (const accountId of accountIds)
      if (accountId !== FIRST) this.#slots.push(await this.#openSlot(accountId));
    this.#active = this.#usable(active) ?? this.#usable(FIRST) ?? unreachable();
    this.#topics = createFollowedTopics(this.#active.core.topics);
    for (const slot of this.#slots) if (slot !== this.#active && isVacant(slot)) await this.#drop(slot);
    this.#told();
  }

  #openSlot(accountId: string): Promise<Slot> {
    return openSlot({
      platform: this.#platform,
      openCore: this.#openCore,
      accountId,
      folder: this.#book.folder(accountId),
      onChange: (slot) => this.#heard(slot),
    });
  }

  #usable(accountId: string): UsableSlot | null {
    const slot = this.#slots.find((one) => one.accountId === accountId);
    return slot !== undefined && isUsable(slot) ? slot : null;
  }

  #heard(slot: Slot): void {
    if (this.#isClosed || !this.#slots.includes(slot)) return;
    this.#told();
    if (this.#twinOf(slot) !== null) void this.#inTurn(() => this.#joinTwins(slot)).catch(() => undefined);
  }

  #told(): void {
    // The one to sign in to is no account yet, unless it is all there is.
    const shown = this.#slots.filter((slot) => slot === this.#active || !isVacant(slot));
    this.#views.set(shown.map((slot) => slot.view(slot === this.#active)));
    this.#notices.set(commonNotices(this.#slots, this.#active));
  }

  /** One thing at a time, in the order asked. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => {
      if (this.#isClosed) throw new FailureError(invalid("closed"));
      return work();
    });
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** An older account of the same user. */
  #twinOf(slot: Slot): UsableSlot | null {
    const { userId } = slot.view(false);
    if (userId === null) return null;
    const twin = this.#slots.find((one) => one !== slot && one.view(false).userId === userId);
    const isOlder = twin !== undefined && this.#slots.indexOf(twin) < this.#slots.indexOf(slot);
    return isOlder && isUsable(twin) ? twin : null;
  }

  /** Who signs in a second time meant the account that is there. */
  async #joinTwins(slot: Slot): Promise<void> {
    const twin = this.#twinOf(slot);
    if (twin === null || !this.#slots.includes(slot)) return;
    await this.#remove(slot, twin);
  }

  async #add(): Promise<void> {
    const vacant = this.#slots.find((slot) => isVacant(slot));
    if (vacant !== undefined && isUsable(vacant)) return this.#show(vacant);
    if (this.#slots.length >= MAX_ACCOUNTS) throw new FailureError(invalid("too many accounts"));
    this.#demandNoCall();
    const accountId = newId(this.#platform);
    await this.#book.save({ active: this.#active.accountId, accountIds: [...this.#ids(), accountId] });
    const slot = await this.#openSlot(accountId);
    this.#slots.push(slot);
    const { settings } = this.#active.core.topics;
    const current = settings(null, () => undefined);
    current.stop();
    await slot.core?.handlers.saveSettings({ settings: current.snapshot });
    if (isUsable(slot)) await this.#show(slot);
  }

  async #show(slot: UsableSlot): Promise<void> {
    const last = this.#active;
    if (slot === last) return this.#told();
    this.#demandNoCall();
    await this.#book.save({ active: slot.accountId, accountIds: this.#ids() });
    this.#active = slot;
    this.#calls = null;
    void last.core.handlers.attend({ roomId: null });
    // Whose rooms are coming is told before they come.
    this.#told();
    this.#topics.follow(slot.core.topics);
    if (isVacant(last)) await this.#drop(last);
    this.#told();
  }

  #demandNoCall(): void {
    const isCalling = this.#calls?.calls.some(({ state }) => state !== "ended") ?? false;
    if (isCalling) throw new FailureError(invalid("a call is going on"));
  }

  /** Signs out where somebody is signed in, shows another account where there is one, and removes what is left. */
  async #remove(slot: Slot, instead?: UsableSlot): Promise<void> {
    if (slot.session !== null && slot.session.state !== "signed-out") await slot.core?.handlers.signOut({});
    const next = instead ?? this.#slots.find((one) => one !== slot && !isVacant(one) && isUsable(one));
    if (slot === this.#active) {
      const other = next ?? this.#slots.find(({ accountId }) => accountId === FIRST);
      // Signed out, so nothing of a call is left either.
      this.#calls = null;
      if (other !== undefined && isUsable(other)) await this.#show(other);
    }
    await this.#drop(slot);
    this.#told();
  }

  /** Takes an account out of the book and off the disk. The first one only becomes vacant. */
  async #drop(slot: Slot): Promise<void> {
    if (slot.accountId === FIRST || slot === this.#active || !this.#slots.includes(slot)) return;
    await slot.close();
    await slot.forgetSecrets();
    this.#slots = this.#slots.filter((one) => one !== slot);
    this.#bound.delete(slot.accountId);
    await this.#book.save({ active: this.#active.accountId, accountIds: this.#ids() });
    this.#book.remove(slot.accountId);
  }

  #ids(): string[] {
    return this.#slots.map(({ accountId }) => accountId);
  }

  #named(accountId: string): Slot {
    const slot = this.#slots.find((one) => one.accountId === accountId);
    if (slot === undefined) throw new FailureError(accountGone);
    return slot;
  }

  face(): Core {
    return {
      handlers: this.#handlers(() => this.#active),
      handlersOf: (accountId) => this.#handlersOf(accountId),
      topics: {
        ...this.#topics.sources,
        accounts: (_params, emit) => ({ snapshot: this.#views.current(), stop: this.#views.watch(emit) }),
        notices: (_params, emit) => ({ snapshot: this.#notices.current(), stop: this.#notices.watch(emit) }),
        calls: (params, emit) => {
          const opened = this.#topics.sources.calls(params, (view) => emit((this.#calls = view)));
          this.#calls = opened.snapshot;
          return opened;
        },
      },
      media: (path) => this.#media(path),
      stage: (request) => this.#stage(request),
      close: async () => {
        this.#isClosed = true;
        await this.#turn;
        await Promise.all(this.#slots.map((slot) => slot.close()));
      },
    };
  }

  async #media(path: string): Promise<MediaAnswer> {
    const own = ownPath(path);
    if (own === null) return this.#active.core.media(path);
    const slot = this.#slots.find(({ accountId }) => accountId === own.accountId);
    return (await slot?.core?.media(own.path)) ?? failed(accountGone);
  }

  /** The page may have gone on to another account while it had a file in hand. */
  async #stage(request: StageRequest): Promise<StageAnswer> {
    const own = ownStagedPath(request.path);
    if (own === null) return this.#active.core.stage(request);
    const slot = this.#slots.find(({ accountId }) => accountId === own.accountId);
    return (await slot?.core?.stage({ ...request, path: own.path })) ?? failed(accountGone);
  }

  #handlersOf(accountId: string): CoreHandlers {
    const known = this.#bound.get(accountId);
    if (known !== undefined) return known;
    const slot = this.#named(accountId);
    const handlers = this.#handlers(() => {
      if (!isUsable(slot) || !this.#slots.includes(slot)) throw new FailureError(accountGone);
      return slot;
    });
    this.#bound.set(accountId, handlers);
    return handlers;
  }

  /** `of`: whose requests they are. */
  #handlers(of: () => UsableSlot): CoreHandlers {
    const methods = Object.keys(this.#active.core.handlers) as (keyof AccountCore["handlers"])[];
    const ofOne = Object.fromEntries(
      methods.map((method) => [
        method,
        (params: never) => (of().core.handlers[method] as (params: never) => unknown)(params),
      ]),
    ) as unknown as AccountCore["handlers"];
    return {
      ...ofOne,
      addAccount: () => this.#inTurn(() => this.#add()),
      switchAccount: ({ accountId }) =>
        this.#inTurn(async () => {
          const slot = this.#named(accountId);
          if (!isUsable(slot)) throw new FailureError(invalid("an account that cannot be opened"));
          await this.#show(slot);
        }),
      removeAccount: ({ accountId }) => this.#inTurn(() => this.#remove(this.#named(accountId))),
      signOut: () => this.#inTurn(() => this.#remove(of())),
      // How the window looks and behaves is the same in all accounts.
      saveSettings: async (params) => {
        for (const { core } of this.#slots) await core?.handlers.saveSettings(params);
      },
      networkIsBack: () => {
        for (const { core } of this.#slots) void core?.handlers.networkIsBack({});
      },
      actOnNotice: async ({ tag, act }) => {
        const own = ownTag(tag);
        const slot = this.#named(own.accountId);
        // What leads into the window leads to the account it belongs to.
        if (["open", "answer", "call-back"].includes(act.act))
          await this.#inTurn(async () => (isUsable(slot) ? this.#show(slot) : undefined));
        await slot.core?.handlers.actOnNotice({ tag: own.tag, act });
      },
    };
  }
}

const accountGone = { ...aborted, message: "this account is not here any more" };

const isUsable = (slot: Slot): slot is UsableSlot => slot.core !== null;

/** Nobody is signed in, and nobody was thrown out by the server either: there is nothing to say of it. */
function isVacant({ session }: Slot): boolean {
  return session?.state === "signed-out" && (session.reason === null || session.reason === "user");
}

function newId({ random }: Platform): string {
  return random
    .token()
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, 12)
    .padEnd(1, "a");
}

function unreachable(): never {
  throw new Error("the first account is always usable");
}
