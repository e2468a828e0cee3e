import { writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { startHomeserver, type Homeserver } from "../../../../e2e/homeserver/index.ts";
import { outMain } from "./built-app.ts";
import { DesktopStage, type DesktopPage } from "./desktop-stage.ts";

// The app as it is built, signed in as ana on a homeserver of the test, under the stand-in: what the stories in built/
// begin with.

export class BuiltStage extends DesktopStage {
  readonly server: Homeserver;

  private constructor(server: Homeserver) {
    super(outMain);
    this.server = server;
  }

  static async begin(): Promise<BuiltStage> {
    const server = await startHomeserver();
    for (const [name, displayName] of Object.entries({ ana: "Ana", ben: "Ben" }))
      server.world.addUser(name, { displayName });
    return new BuiltStage(server);
  }

  /** A run whose window is shown and whose first sync is done. */
  async live(env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): Promise<DesktopPage> {
    const order = { homeserver: this.server.baseUrl, user: "ana", password: "password" };
    const page = await this.opened({ DUNLIN_SIGN_IN: JSON.stringify(order), ...env }, args);
    const said = await page.watch<{ state: string }>("connection");
    await expect.poll(() => said().at(-1)?.state).toBe("live");
    return page;
  }

  /** Leaves out the hint at the first closing to the tray. */
  hintIsKnown(): void {
    mkdirSync(this.profileDir, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.profileDir, "tray-hint-shown"), "");
  }

  async end(): Promise<void> {
    await this.close();
    await this.server.stop();
  }
}
