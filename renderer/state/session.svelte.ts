import type { BrowserSignInParams } from "../../preload/contract/models/account-requests.ts";
import type { DiscoveredServer, Session } from "../../preload/contract/models/session.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** Who is signed in, and the requests that change it. */
export class SessionState {
  readonly topic: WatchedTopic<"session">;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.topic = new WatchedTopic(client, "session", null, latest);
  }

  /** Null until the core has answered. */
  get current(): Session | null {
    return this.topic.value;
  }

  discover(input: string): Promise<DiscoveredServer> {
    return this.#client.call("discoverServer", { input });
  }
  signIn(homeserver: string, user: string, password: string): Promise<void> {
    return this.#client.call("signIn", { homeserver, user, password });
  }
  /** Fails with the reason where the name cannot be had. */
  checkUsername(homeserver: string, username: string): Promise<void> {
    return this.#client.call("checkUsername", { homeserver, username });
  }
  /** Resolves when the account is made and signed in; stages come by `AuthenticationState`. */
  register(homeserver: string, username: string, password: string): Promise<void> {
    return this.#client.call("register", { homeserver, username, password });
  }
  /** Resolves when the browser came back and the session has begun. */
  signInInBrowser(params: BrowserSignInParams): Promise<void> {
    return this.#client.call("signInInBrowser", params);
  }
  signInWithToken(homeserver: string, token: string): Promise<void> {
    return this.#client.call("signInWithToken", { homeserver, token });
  }
  cancelBrowserSignIn(): Promise<void> {
    return this.#client.call("cancelBrowserSignIn", {});
  }
  signOut(): Promise<void> {
    return this.#client.call("signOut", {});
  }
}
