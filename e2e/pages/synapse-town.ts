import type { Browser, BrowserContext } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp, type RunningApp } from "../launch/app.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";
import type { SynapseUser } from "../synapse/register.ts";
import { makeRoom } from "../synapse/seed.ts";
import { startSynapse, type Synapse } from "../synapse/start.ts";
import { AppPage } from "./app-page.ts";

/** Somebody at a client of ours, on a machine of their own. */
export interface Seat {
  readonly user: SynapseUser;
  readonly dunlin: AppPage;
  /** SIGKILL of the app, as a power cut, and the app again on the same profile, in a new page; it may be offline yet. */
  dieAndRise(meanwhile?: () => void): Promise<AppPage>;
}

/** Ana and Ben on a real Synapse, each at a client of ours; rooms are made by Ana, who is their moderator. */
export class SynapseTown {
  readonly synapse: Synapse;
  /** The apps go through it, so that their calls are checked. */
  readonly proxy: FaultyProxy;
  readonly ana: SynapseUser;
  readonly ben: SynapseUser;
  readonly #browser: Browser;
  readonly #apps: RunningApp[] = [];
  readonly #profiles: string[] = [];
  readonly #contexts: BrowserContext[] = [];

  private constructor(browser: Browser, synapse: Synapse, proxy: FaultyProxy, people: SynapseUser[]) {
    const [ana, ben] = people;
    if (ana === undefined || ben === undefined) throw new Error("two people live here");
    this.#browser = browser;
    this.synapse = synapse;
    this.proxy = proxy;
    this.ana = ana;
    this.ben = ben;
  }

  static async open(browser: Browser): Promise<SynapseTown> {
    const synapse = await startSynapse();
    const people = [
      await synapse.registerUser("ana", "password", "Ana"),
      await synapse.registerUser("ben", "password", "Ben"),
    ];
    return new SynapseTown(browser, synapse, await startFaultyProxy(synapse.baseUrl), people);
  }

  /** A room with both in it. */
  room(name: string): Promise<string> {
    return makeRoom(this.synapse.baseUrl, this.ana, { name, members: [this.ben] });
  }

  /** Signs this person in on a new machine. */
  async sitDown(user: SynapseUser): Promise<Seat> {
    const profileDir = mkdtempSync(join(tmpdir(), "dunlin-town-"));
    this.#profiles.push(profileDir);
    let { app, dunlin } = await this.#start(profileDir, user);
    await dunlin.connection("live");
    return {
      user,
      get dunlin() {
        return dunlin;
      },
      dieAndRise: async (meanwhile) => {
        await dunlin.page.context().close();
        await app.kill();
        meanwhile?.();
        ({ app, dunlin } = await this.#start(profileDir, user));
        return dunlin;
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
    for (const app of this.#apps) await app.kill();
    for (const dir of this.#profiles) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    await this.proxy.stop();
    await this.synapse.stop();
  }

  async #start(profileDir: string, { localpart, password }: SynapseUser) {
    const order = { homeserver: this.proxy.baseUrl, user: localpart, password };
    const app = await startApp({ profileDir, env: { DUNLIN_SIGN_IN: JSON.stringify(order) } });
    this.#apps.push(app);
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 } });
    this.#contexts.push(context);
    const page = await context.newPage();
    await page.goto(app.url);
    return { app, dunlin: new AppPage(page) };
  }
}
