import type { Failure } from "../../preload/contract/models/failure.ts";
import type { Account, DiscoveredServer } from "../../preload/contract/models/session.ts";
import { failureOf } from "../state/failure-of.ts";
import type { SessionState } from "../state/session.svelte.ts";
import { browserSentence, strings as accountStrings } from "../text/account-strings.ts";
import { signInSentence, strings, tokenSentence } from "../text/strings.ts";

export type Field = "homeserver" | "user" | "password" | "token";

/** One way to sign in through a page in the browser. */
export interface BrowserWay {
  readonly method: "sso" | "oauth";
  readonly idpId: string | null;
  /** Whom single sign-on asks; null: the server asks. Plain text. */
  readonly name: string | null;
}
const accountWords = accountStrings.browser;

/** What discovery said about one input. */
type Found = { readonly server: DiscoveredServer } | { readonly failure: Failure };
interface Discovery {
  readonly input: string;
  readonly answer: Promise<Found>;
  /** Null while it is under way. */
  readonly found: Found | null;
}

const fullId = /^@[^:\s]+:(\S+)$/;

/** What the sign-in form knows and does. With an account, it signs in again: user and server stay as they are. */
export class SignInForm {
  homeserver = $state("");
  user = $state("");
  password = $state("");
  token = $state("");
  /** A token is asked for in place of name and password. */
  isByToken = $state(false);
  error = $state.raw<string | null>(null);
  isSigningIn = $state(false);
  /** The browser has it now. */
  isWaiting = $state(false);
  #discovery = $state.raw<Discovery | null>(null);
  /** The homeserver that came out of a user id, so that another id may replace it. */
  #filledHomeserver: string | null = null;
  readonly #session: SessionState;
  readonly account: Account | null;

  constructor(session: SessionState, homeserver: string, account: Account | null) {
    this.#session = session;
    this.account = account;
    this.homeserver = account?.homeserver ?? homeserver;
    this.user = account?.userId ?? "";
  }

  /** What was found for the homeserver that stands in the field now. */
  get server(): DiscoveredServer | null {
    const found = this.#current?.found;
    return found && "server" in found ? found.server : null;
  }
  get isFinding(): boolean {
    return this.#current !== null && this.#current.found === null;
  }
  /** False when the server said that it has no sign-in with a password (LOG-03). */
  get takesPassword(): boolean {
    return this.server?.flows.some((flow) => flow.type === "m.login.password") ?? true;
  }
  /** The server takes a token that another client got from it (spec: `m.login.token`). */
  get takesToken(): boolean {
    return this.server?.flows.some(({ type }) => type === "m.login.token") ?? false;
  }
  /** The server offers a way that we know. */
  get isOpen(): boolean {
    return this.takesPassword || this.takesToken || this.browserWays.length > 0;
  }
  /** What stands in the fields could be sent. */
  get mayBeSent(): boolean {
    return this.isByToken ? this.takesToken : this.takesPassword;
  }
  /** From the one way to the other; what was typed stays. */
  changeWay(): void {
    this.isByToken = !this.isByToken;
    this.error = null;
  }
  /** The ways through a page in the browser that the server offers; OAuth 2.0 stands over single sign-on. */
  get browserWays(): readonly BrowserWay[] {
    const { server } = this;
    if (server === null) return [];
    if (server.oauth !== undefined) return [{ method: "oauth", idpId: null, name: null }];
    const sso = server.flows.find(({ type }) => type === "m.login.sso");
    if (sso === undefined) return [];
    const named = sso.identityProviders ?? [];
    if (named.length === 0) return [{ method: "sso", idpId: null, name: null }];
    return named.map(({ id, name }) => ({ method: "sso", idpId: id, name }));
  }

  /**
   * The way to an account on a page of the server's own, or null where accounts are made here: OAuth 2.0 that can, and
   * single sign-on alone (spec: `action=register`), whose page lets people choose whom they are known to.
   */
  get browserRegistration(): BrowserWay | null {
    const { server } = this;
    if (server?.oauth !== undefined)
      return server.oauth.canRegister ? { method: "oauth", idpId: null, name: null } : null;
    if (server === null || this.takesPassword || this.browserWays.length === 0) return null;
    const [only, another] = this.browserWays;
    return another === undefined && only !== undefined ? only : { method: "sso", idpId: null, name: null };
  }

  /** Goes to the browser and waits for it. */
  async enterInBrowser({ method, idpId }: BrowserWay, wish: "login" | "register"): Promise<void> {
    const { server } = this;
    if (server === null || this.isWaiting) return;
    this.error = null;
    this.isWaiting = true;
    try {
      const { baseUrl: homeserver } = server;
      await this.#session.signInInBrowser({ homeserver, method, idpId, wish, doneText: accountWords.done });
    } catch (error) {
      const failure = failureOf(error);
      // Given up by the user's own wish.
      if (failure.kind !== "aborted") this.error = browserSentence(failure);
    }
    this.isWaiting = false;
  }
  stopWaiting(): void {
    void this.#session.cancelBrowserSignIn().catch(() => undefined);
  }

  /** Plain http to another machine (TRN-02). */
  get isInsecure(): boolean {
    return this.server?.isInsecure ?? false;
  }

  /** The user has left the field: a full id brings its server with it. */
  async userEntered(): Promise<void> {
    const serverName = fullId.exec(this.user.trim())?.[1];
    const isOurs = this.homeserver.trim() === "" || this.homeserver === this.#filledHomeserver;
    if (serverName === undefined || !isOurs || this.account !== null) return;
    this.homeserver = serverName;
    this.#filledHomeserver = serverName;
    await this.homeserverEntered();
  }

  /** Looks at the server early, so that warnings and refusals come before the password is typed. */
  async homeserverEntered(): Promise<void> {
    const input = this.homeserver.trim();
    if (input === "" || this.#current !== null) return;
    const found = await this.#discover(input);
    if (input !== this.homeserver.trim() || this.isSigningIn) return;
    // Signing in again needs no discovery: it only tells which other ways there are.
    if (this.account !== null) return;
    if ("failure" in found) this.error = signInSentence(found.failure);
    else this.error = this.isOpen ? null : strings.signIn.noWay;
  }

  /** Returns the field to go to when it did not work, or null. */
  async submit(): Promise<Field | null> {
    this.error = null;
    const missing = this.#missing();
    if (missing !== null) return missing;
    this.isSigningIn = true;
    try {
      return await this.#signIn();
    } finally {
      this.isSigningIn = false;
    }
  }

  async #signIn(): Promise<Field | null> {
    const baseUrl = this.account?.homeserver ?? (await this.#findBaseUrl());
    if (baseUrl === null) return "homeserver";
    if (this.isByToken) return this.#signInWithToken(baseUrl);
    try {
      await this.#session.signIn(baseUrl, this.user.trim(), this.password);
      return null;
    } catch (error) {
      const failure = failureOf(error);
      this.error = signInSentence(failure);
      // Credentials refused: the name is kept, only the password goes (LOG-05).
      if (failure.status === 403 || failure.errcode === "M_FORBIDDEN") this.password = "";
      return "password";
    }
  }

  async #signInWithToken(baseUrl: string): Promise<Field | null> {
    try {
      await this.#session.signInWithToken(baseUrl, this.token.trim());
      return null;
    } catch (error) {
      this.error = tokenSentence(failureOf(error));
      return "token";
    }
  }

  async #findBaseUrl(): Promise<string | null> {
    const found = await this.#discover(this.homeserver.trim());
    if ("failure" in found) {
      this.error = signInSentence(found.failure);
      return null;
    }
    if (this.mayBeSent) return found.server.baseUrl;
    this.error = strings.signIn.noPasswordFlow;
    return null;
  }

  #missing(): Field | null {
    const { missingHomeserver, missingUsername, missingPassword, missingToken } = strings.signIn;
    if (this.isByToken) {
      if (this.homeserver.trim() === "") return this.#refuse("homeserver", missingHomeserver);
      return this.token.trim() === "" ? this.#refuse("token", missingToken) : null;
    }
    if (this.user.trim() === "") return this.#refuse("user", missingUsername);
    if (this.homeserver.trim() === "") {
      const serverName = fullId.exec(this.user.trim())?.[1];
      if (serverName === undefined) return this.#refuse("homeserver", missingHomeserver);
      this.homeserver = serverName;
      this.#filledHomeserver = serverName;
    }
    return this.password === "" ? this.#refuse("password", missingPassword) : null;
  }

  #refuse(field: Field, why: string): Field {
    this.error = why;
    return field;
  }

  get #current(): Discovery | null {
    return this.#discovery?.input === this.homeserver.trim() ? this.#discovery : null;
  }

  /** One question per input: a form sent while the answer is on its way waits for the same one; failures ask again. */
  async #discover(input: string): Promise<Found> {
    const known = this.#discovery;
    if (known?.input === input && !(known.found && "failure" in known.found)) return known.answer;
    const answer = this.#session.discover(input).then(
      (server): Found => ({ server }),
      (error: unknown): Found => ({ failure: failureOf(error) }),
    );
    this.#discovery = { input, answer, found: null };
    const found = await answer;
    if (this.#discovery.answer === answer) this.#discovery = { input, answer, found };
    return found;
  }
}
