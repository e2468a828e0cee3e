import type { DiscoveredServer } from "../../preload/contract/models/session.ts";
import { isStrong } from "../accounts/password-rules.ts";
import { failureOf } from "../state/failure-of.ts";
import type { SessionState } from "../state/session.svelte.ts";
import { registerProblem, strings, type RegisterField } from "../text/account-strings.ts";
import { signInSentence, strings as frame } from "../text/strings.ts";

/** So long after the last key the server is asked whether the name is free, ms. */
const CHECK_AFTER_MS = 400;

type NameCheck =
  | { readonly state: "unknown" }
  | { readonly state: "checking" | "free"; readonly name: string }
  | { readonly state: "refused"; readonly name: string; readonly sentence: string };

/** What the form of a new account knows and does. Whatever happens, nothing that was typed goes away. */
export class RegisterForm {
  homeserver = $state("");
  username = $state("");
  password = $state("");
  problem = $state.raw<{ readonly field: RegisterField | null; readonly sentence: string } | null>(null);
  isBusy = $state(false);
  isFinding = $state(false);
  #found = $state.raw<{ readonly input: string; readonly server: DiscoveredServer } | null>(null);
  #name = $state.raw<NameCheck>({ state: "unknown" });
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #session: SessionState;

  constructor(session: SessionState, homeserver: string) {
    this.#session = session;
    this.homeserver = homeserver;
  }

  get server(): DiscoveredServer | null {
    return this.#found?.input === this.homeserver.trim() ? this.#found.server : null;
  }
  /** What is known of the name that stands in the field now. */
  get name(): NameCheck {
    const check = this.#name;
    return check.state !== "unknown" && check.name === this.username.trim() ? check : { state: "unknown" };
  }
  errorAt(field: RegisterField): string | null {
    if (this.problem?.field === field) return this.problem.sentence;
    return field === "username" && this.name.state === "refused" ? this.name.sentence : null;
  }

  async homeserverEntered(): Promise<DiscoveredServer | null> {
    const input = this.homeserver.trim();
    if (input === "" || this.server !== null) return this.server;
    this.isFinding = true;
    try {
      const server = await this.#session.discover(input);
      this.#found = { input, server };
      if (this.problem?.field === "homeserver") this.problem = null;
      this.#checkName();
      return server;
    } catch (error) {
      if (input === this.homeserver.trim())
        this.problem = { field: "homeserver", sentence: signInSentence(failureOf(error)) };
      return null;
    } finally {
      this.isFinding = false;
    }
  }

  /** A key was pressed in the field of the name. */
  usernameTyped(): void {
    if (this.problem?.field === "username") this.problem = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#checkName(), CHECK_AFTER_MS);
  }

  #checkName(): void {
    const name = this.username.trim();
    const { server } = this;
    if (name === "" || server === null || this.isBusy || this.name.state !== "unknown") return;
    this.#name = { state: "checking", name };
    const ask = this.#session.checkUsername(server.baseUrl, name);
    ask.then(
      () => this.#noteName({ state: "free", name }),
      (error: unknown) => {
        const { field, sentence } = registerProblem(failureOf(error));
        // Trouble of another kind says nothing about the name.
        this.#noteName(field === "username" ? { state: "refused", name, sentence } : { state: "unknown" });
      },
    );
  }
  #noteName(check: NameCheck): void {
    if (this.#name.state === "checking" && (check.state === "unknown" || this.#name.name === check.name))
      this.#name = check;
  }

  /** Returns the field to go to when it did not work; null when it did, or when no field is at fault. */
  async submit(): Promise<RegisterField | null> {
    clearTimeout(this.#timer);
    this.problem = this.#missing();
    if (this.problem !== null) return this.problem.field;
    this.isBusy = true;
    try {
      const server = await this.homeserverEntered();
      if (server === null) return "homeserver";
      await this.#session.register(server.baseUrl, this.username.trim(), this.password);
      this.password = "";
      return null;
    } catch (error) {
      const failure = failureOf(error);
      // Given up by the user's own wish.
      this.problem = failure.kind === "aborted" ? null : registerProblem(failure);
      return this.problem?.field ?? null;
    } finally {
      this.isBusy = false;
    }
  }

  #missing(): { readonly field: RegisterField; readonly sentence: string } | null {
    if (this.homeserver.trim() === "")
      return { field: "homeserver", sentence: frame.signIn.missingHomeserver };
    if (this.username.trim() === "") return { field: "username", sentence: strings.register.noUsername };
    if (this.password === "") return { field: "password", sentence: strings.register.noPassword };
    return isStrong(this.password) ? null : { field: "password", sentence: strings.register.weak };
  }
}
