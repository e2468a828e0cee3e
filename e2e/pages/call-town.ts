import type { Browser, Page } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveJsSdk, type JsSdkSite } from "../js-sdk/serve.ts";
import { startApp, type RunningApp } from "../launch/app.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";
import { register, type SynapseUser } from "../synapse/register.ts";
import { request } from "../synapse/request.ts";
import { makeRoom } from "../synapse/seed.ts";
import { startSynapse, type Synapse } from "../synapse/start.ts";
import { AppPage } from "./app-page.ts";
import { CallPage } from "./call-page.ts";
import { probeCalls } from "./call-probe.ts";
import type { Caller } from "./call-story.ts";
import { JsSdkCaller } from "./js-sdk-caller.ts";

/** Two people and their chat; `name` is what they are called in it. */
export interface Chat {
  readonly roomId: string;
  readonly name: string;
  readonly people: readonly [SynapseUser, SynapseUser];
}

/** An event of a call, as far as a test looks at it. */
export interface CallEvent {
  readonly sender: string;
  readonly content: {
    readonly call_id: string;
    readonly reason?: string;
    readonly offer?: { readonly sdp: string };
    readonly answer?: { readonly sdp: string };
    readonly candidates?: readonly { readonly candidate: string }[];
  };
}

interface Seat {
  /** Where its client finds the homeserver; the server itself unless a proxy stands between. */
  readonly homeserver?: string;
  readonly isRelayOnly?: boolean;
  /** Another built host of ours than `out/main/headless.js`. */
  readonly program?: string;
}

/** A real Synapse, people on it, and their clients: apps of ours and pages of matrix-js-sdk. */
export class CallTown {
  readonly synapse: Synapse;
  /** Apps of ours go through it, so that their calls are checked. */
  readonly #proxy: FaultyProxy;
  readonly #browser: Browser;
  readonly #site: JsSdkSite;
  readonly #apps: { readonly app: RunningApp; readonly profileDir: string }[] = [];
  readonly #pages: Page[] = [];

  private constructor(browser: Browser, synapse: Synapse, proxy: FaultyProxy, site: JsSdkSite) {
    this.#browser = browser;
    this.#proxy = proxy;
    this.synapse = synapse;
    this.#site = site;
  }

  /** `config`: laid over homeserver.yaml. */
  static async open(browser: Browser, config: Record<string, unknown> = {}): Promise<CallTown> {
    const [synapse, site] = await Promise.all([startSynapse({ config }), serveJsSdk()]);
    return new CallTown(browser, synapse, await startFaultyProxy(synapse.baseUrl), site);
  }

  async close(): Promise<void> {
    for (const page of this.#pages) await page.context().close();
    for (const { app, profileDir } of this.#apps) {
      await app.kill();
      rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
    }
    await this.#site.stop();
    await this.#proxy.stop();
    await this.synapse.stop();
  }

  /** Called as their first name is written: "ana" is "Ana". */
  person(localpart: string): Promise<SynapseUser> {
    const title = localpart.charAt(0).toUpperCase() + localpart.slice(1);
    return register(this.synapse.baseUrl, localpart, `password of ${localpart}`, title);
  }

  async chat(one: SynapseUser, other: SynapseUser): Promise<Chat> {
    const name = `${one.localpart} and ${other.localpart}`;
    const roomId = await makeRoom(this.synapse.baseUrl, one, { name, members: [other] });
    return { roomId, name, people: [one, other] };
  }

  /** A client of ours for this user, on a machine of its own, with the chat open. */
  async ours(user: SynapseUser, chat: Chat, seat: Seat = {}): Promise<Caller> {
    const { homeserver = this.#proxy.baseUrl, program } = seat;
    const profileDir = mkdtempSync(join(tmpdir(), "dunlin-caller-"));
    const order = { homeserver, user: user.localpart, password: user.password };
    const app = await startApp({
      profileDir,
      env: { DUNLIN_SIGN_IN: JSON.stringify(order) },
      ...(program === undefined ? {} : { program }),
    });
    this.#apps.push({ app, profileDir });
    const page = await this.#page();
    await page.goto(app.url);
    const dunlin = new AppPage(page);
    await dunlin.connection("live");
    await dunlin.openRoom(chat.name, chat.roomId);
    return { app, dunlin, calls: new CallPage(page) };
  }

  /** A page of matrix-js-sdk for this user, as a device of its own. */
  async theirs(user: SynapseUser, chat: Chat, seat: Seat = {}): Promise<JsSdkCaller> {
    const { homeserver = this.synapse.baseUrl, isRelayOnly = false } = seat;
    const { access_token, device_id } = await request<{ access_token: string; device_id: string }>(
      this.synapse.baseUrl,
      {
        method: "POST",
        path: "/_matrix/client/v3/login",
        body: {
          type: "m.login.password",
          identifier: { type: "m.id.user", user: user.localpart },
          password: user.password,
        },
      },
    );
    const peer = chat.people.find(({ userId }) => userId !== user.userId)?.userId ?? "";
    return JsSdkCaller.open(await this.#page(), this.#site.url, {
      homeserver,
      userId: user.userId,
      accessToken: access_token,
      deviceId: device_id,
      roomId: chat.roomId,
      peer,
      isRelayOnly,
    });
  }

  /** All events of this type in the chat, oldest first. */
  async events(chat: Chat, type: string): Promise<readonly CallEvent[]> {
    const filter = encodeURIComponent(JSON.stringify({ types: [type] }));
    const { chunk } = await request<{ chunk: readonly CallEvent[] }>(this.synapse.baseUrl, {
      method: "GET",
      path: `/_matrix/client/v3/rooms/${encodeURIComponent(chat.roomId)}/messages?dir=b&limit=500&filter=${filter}`,
      token: chat.people[0].accessToken,
    });
    return chunk.toReversed();
  }

  async #page(): Promise<Page> {
    // A context of its own: fake devices are shared by all, cookies and storage are not.
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    this.#pages.push(page);
    await probeCalls(page);
    return page;
  }
}
