import type { UserId } from "../../../../preload/contract/ids.ts";
import type {
  Authentication,
  AuthenticationPurpose,
  StageAnswer,
} from "../../../../preload/contract/models/authentication.ts";
import { Emitter } from "../../../lib/emitter.ts";
import {
  aborted,
  failed,
  FailureError,
  invalid,
  toFailure,
  type Failure,
  type Result,
} from "../../failure.ts";
import { requestContactToken, submitContactCode } from "../../homeserver/contact.ts";
import type { Http } from "../../homeserver/http.ts";
import type { AuthBody, Interactive } from "../../homeserver/interactive.ts";
import { pathSegment } from "../../homeserver/path.ts";
import type { Platform } from "../../platform.ts";
import { contactAddress, ownCountry } from "./contact-address.ts";
import {
  begin,
  isWaitingForPage,
  step,
  type Standing,
  type Step,
  type UiaInput,
  type UiaState,
} from "./machine.ts";
import { viewOf, webAddress } from "./view.ts";

// The one engine for every request that the server wants to see authenticated (UIA-01): performs what the machine
// decides, and lets the page show where it stands.

/** A request that may be answered with stages. */
export interface Protected<T> {
  readonly purpose: AuthenticationPurpose;
  /** Base URL of the server that asks. */
  readonly baseUrl: string;
  /** Whose password; null before there is an account. */
  readonly userId: UserId | null;
  /** For what belongs to the stages: sending mails and messages. */
  readonly http: Http;
  /**
   * What a later attempt must have in common with this one to go on where it was left; null: every attempt begins anew,
   * because nobody else may go on with what somebody else has confirmed.
   */
  readonly resumeKey: string | null;
  readonly ask: (auth: AuthBody, signal: AbortSignal) => Promise<Result<Interactive<T>>>;
}

export interface Authenticating {
  /** Carries the request through its stages. Another one that stands at a stage is given up. */
  run<T>(request: Protected<T>): Promise<Result<T>>;
  /** Where the request stands; null while nothing is wanted of the user. */
  current(): Authentication | null;
  watch(emit: (authentication: Authentication | null) => void): () => void;
  answer(id: string, answer: StageAnswer): Promise<void>;
  choose(id: string, type: string): Promise<void>;
  cancel(id: string): void;
  /** Gives up whatever is under way, and forgets what could be taken up again. */
  forget(): void;
}

type AuthenticatingPlatform = Pick<Platform, "clock" | "random" | "fetch" | "openExternal">;

/** How often the server is asked whether its page is done, ms. */
const LOOK_EVERY_MS = 3000;

export function createAuthenticating(platform: AuthenticatingPlatform): Authenticating {
  const views = new Emitter<Authentication | null>();
  let running: Conversation<unknown> | null = null;
  let shown: Authentication | null = null;
  /** By purpose and server: the session of an attempt that did not come to its end (REG-11). */
  const kept = new Map<string, string>();

  const show = (next: Authentication | null): void => {
    if (JSON.stringify(next) === JSON.stringify(shown)) return;
    shown = next;
    views.emit(next);
  };
  const named = (id: string): Conversation<unknown> => {
    if (running?.id !== id) throw new FailureError(invalid("this authentication is over"));
    return running;
  };

  return {
    async run<T>(request: Protected<T>): Promise<Result<T>> {
      running?.cancel();
      const key = JSON.stringify([request.purpose, request.baseUrl, request.userId, request.resumeKey]);
      const conversation = new Conversation<T>(platform, request, (view) => {
        if (running === (conversation as unknown)) show(view);
      });
      running = conversation;
      const { result, session } = await conversation.hold(kept.get(key) ?? null);
      if (session === null || request.resumeKey === null) kept.delete(key);
      else kept.set(key, session);
      if (running === (conversation as unknown)) {
        running = null;
        show(null);
      }
      return result;
    },
    current: () => shown,
    watch: (emit) => views.on(emit),
    answer: (id, answer) => named(id).answer(answer),
    choose: (id, type) => named(id).choose(type),
    cancel: (id) => named(id).cancel(),
    forget() {
      running?.cancel();
      kept.clear();
    },
  };
}

interface Outcome<T> {
  readonly result: Result<T>;
  readonly session: string | null;
}

class Conversation<T> {
  readonly id: string;
  readonly #platform: AuthenticatingPlatform;
  readonly #request: Protected<T>;
  readonly #show: (view: Authentication | null) => void;
  readonly #ending = new AbortController();
  #state: UiaState = { at: "asking", session: null };
  #isWorking = false;
  #value: Result<T> = failed(aborted);
  #end: (() => void) | null = null;
  #stopLooking: (() => void) | null = null;
  #lookAfterMs = LOOK_EVERY_MS;

  constructor(
    platform: AuthenticatingPlatform,
    request: Protected<T>,
    show: (view: Authentication | null) => void,
  ) {
    this.id = platform.random.token();
    this.#platform = platform;
    this.#request = request;
    this.#show = show;
  }

  /** Resolves at the end. */
  async hold(session: string | null): Promise<Outcome<T>> {
    const ended = new Promise<void>((resolve) => (this.#end = resolve));
    void this.#perform(begin(session));
    await ended;
    this.#stopLooking?.();
    const state = this.#state;
    if (state.at !== "ended") return { result: failed(aborted), session: this.#session() };
    const result = state.failure === null ? this.#value : failed(state.failure);
    return { result, session: state.session };
  }

  cancel(): void {
    this.#ending.abort();
    this.#end?.();
  }

  choose(type: string): Promise<void> {
    return this.#take({ kind: "chose", type });
  }

  async answer(answer: StageAnswer): Promise<void> {
    const { standing } = this.#atStage();
    switch (answer.kind) {
      case "password":
        return this.#take({ kind: "answer", fields: { ...this.#whose(), password: answer.password } });
      case "agree":
        return this.#take({ kind: "answer", fields: {} });
      case "registration-token":
        return this.#take({ kind: "answer", fields: { token: answer.token } });
      case "address":
        return this.#work(() => this.#send(standing, answer.address));
      case "code":
        return this.#work(() => this.#bring(standing, answer.code));
      case "followed":
        return this.#prove(standing);
      case "open-page":
        return this.#work(() => this.#open(standing));
      case "page-done":
        return this.#take({ kind: "answer", fields: {}, isBare: true });
    }
  }

  #atStage(): Extract<UiaState, { at: "stage" }> {
    if (this.#state.at !== "stage") throw new FailureError(invalid("at no stage"));
    return this.#state;
  }
  #whose(): Readonly<Record<string, unknown>> {
    const { userId } = this.#request;
    return userId === null ? {} : { identifier: { type: "m.id.user", user: userId } };
  }
  #session(): string | null {
    return this.#state.at === "stage" ? this.#state.standing.challenge.session : null;
  }

  #take(input: UiaInput): Promise<void> {
    if (this.#ending.signal.aborted) return Promise.resolve();
    return this.#perform(step(this.#state, input));
  }

  async #perform({ state, ask }: Step): Promise<void> {
    this.#state = state;
    this.#tell();
    if (state.at === "ended") return this.#end?.();
    if (ask === undefined) return this.#lookLater();
    const result = await this.#request.ask(ask.auth, this.#ending.signal);
    if (this.#ending.signal.aborted) return;
    this.#lookAfterMs = LOOK_EVERY_MS;
    if (!result.ok) {
      this.#lookAfterMs = Math.max(LOOK_EVERY_MS, result.failure.retryAfterMs ?? 0);
      return this.#take({ kind: "refused", failure: result.failure });
    }
    if (result.value.kind === "challenge")
      return this.#take({ kind: "challenged", challenge: result.value.challenge });
    this.#value = { ok: true, value: result.value.value };
    return this.#take({ kind: "finished" });
  }

  #tell(): void {
    const { purpose } = this.#request;
    this.#show(viewOf({ id: this.id, purpose, isWorking: this.#isWorking }, this.#state));
  }

  /** A page in the browser tells nobody that it is done: the server is asked now and then. */
  #lookLater(): void {
    this.#stopLooking?.();
    this.#stopLooking = null;
    if (!isWaitingForPage(this.#state)) return;
    this.#stopLooking = this.#platform.clock.after(
      this.#lookAfterMs,
      () => void this.#take({ kind: "look" }),
    );
  }

  /** Something on the way to an answer; one at a time. */
  async #work(work: () => Promise<Failure | null>): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#tell();
    const failure = await work().catch(toFailure);
    this.#isWorking = false;
    if (failure !== null) await this.#take({ kind: "failed", failure });
    else this.#tell();
  }

  async #send(standing: Standing, typed: string): Promise<Failure | null> {
    const medium = standing.way.next === "m.login.msisdn" ? "msisdn" : "email";
    const address = contactAddress(medium, typed);
    if (!address.ok) return address.failure;
    const before = standing.sent?.address === address.value ? standing.sent : null;
    const clientSecret = before?.clientSecret ?? this.#platform.random.token();
    const attempt = (before?.attempt ?? 0) + 1;
    const { http, purpose } = this.#request;
    const use = purpose === "register" ? "register" : "account/password";
    const country = ownCountry();
    const request = { use, address: address.value, medium, country, clientSecret, attempt } as const;
    const answer = await requestContactToken(http, request);
    if (!answer.ok) return answer.failure;
    await this.#take({
      kind: "sent",
      sent: { ...answer.value, address: address.value, clientSecret, attempt },
    });
    return null;
  }

  async #bring(standing: Standing, code: string): Promise<Failure | null> {
    const { sent } = standing;
    if (sent === null || sent.submitUrl === null) return invalid("nothing was sent");
    const proof = { sid: sent.sid, clientSecret: sent.clientSecret, code: code.trim() };
    const brought = await submitContactCode(this.#platform, sent.submitUrl, proof);
    if (!brought.ok) return brought.failure;
    await this.#prove(standing);
    return null;
  }

  #prove({ sent }: Standing): Promise<void> {
    if (sent === null) throw new FailureError(invalid("nothing was sent"));
    const threepid_creds = { sid: sent.sid, client_secret: sent.clientSecret };
    return this.#take({ kind: "answer", fields: { threepid_creds } });
  }

  async #open(standing: Standing): Promise<Failure | null> {
    const url = pageAddress(this.#request.baseUrl, standing);
    if (url === null) return invalid("no page to open");
    await this.#platform.openExternal(url);
    await this.#take({ kind: "page-opened" });
    return null;
  }
}

/** The server's page for the stage (UIA-13); a stage may name one of its own (`m.oauth`). */
function pageAddress(baseUrl: string, { way, challenge }: Standing): string | null {
  const type = pathSegment(way.next);
  if (type === null || challenge.session === null) return null;
  if (way.next === "m.oauth") {
    const params = challenge.params["m.oauth"] as { readonly url?: unknown } | undefined;
    return webAddress(typeof params?.url === "string" ? params.url : null);
  }
  const session = encodeURIComponent(challenge.session);
  return webAddress(`${baseUrl}/_matrix/client/v3/auth/${type}/fallback/web?session=${session}`);
}
