import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type * as Files from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { StagedId, UserId } from "../../../preload/contract/ids.ts";
import { fakePlatform, type FakePlatform } from "../fake-platform.ts";
import { openStore, type Store } from "../store/store.ts";
import { createStaging, type Staging } from "./staging.ts";

// Sweeping goes on while files come: after every message that leaves the queue.

/** Done before the folder is listed, as anything may be while the disk is slow. */
let meanwhile: (() => Promise<unknown>) | null = null;
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof Files>();
  return {
    ...real,
    async readdir(path: string) {
      await meanwhile?.();
      return real.readdir(path);
    },
  };
});

let platform: FakePlatform;
let store: Store;
let staging: Staging;
beforeEach(() => {
  platform = fakePlatform();
  store = openStore(platform);
  staging = createStaging({
    ...{ platform, store, dir: dir(), maxPixels: 1 },
    userId: () => "@us:dunlin.test" as UserId,
    limit: () => null,
    keepsDetails: () => false,
  });
});
afterEach(async () => {
  meanwhile = null;
  await store.close();
  platform.cleanUp();
});
const dir = (): string => join(platform.profileDir, "staged");
async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}
const put = (id: string, body: AsyncIterable<Uint8Array>) =>
  staging.stage({ path: `staged/${id}?name=words.txt`, contentType: "text/plain", length: null, body });

it("a file that comes while the folder is looked at stays, and rubbish goes", async () => {
  const id = "comes-meanwhile-01" as StagedId;
  await put("was-there-before-01", pieces("before"));
  writeFileSync(join(dir(), "left-by-a-crash-01.part"), "half");
  meanwhile = () => put(id, pieces("words"));
  await staging.sweep();
  expect(staging.find(id)).not.toBeNull();
  expect(readFileSync(staging.pathOf(id), "utf8")).toBe("words");
  expect(readdirSync(dir()).sort()).toEqual([id, "was-there-before-01"]);
});

it("one that is still coming is not taken away from under whoever writes it", async () => {
  const id = "comes-slowly-00001" as StagedId;
  let goOn = (): void => undefined;
  const coming: ReturnType<typeof put>[] = [];
  await put("was-there-before-01", pieces("before"));
  meanwhile = () =>
    new Promise<void>((begun) => {
      const body = (async function* () {
        yield* pieces("wor");
        begun();
        await new Promise<void>((resolve) => (goOn = resolve));
        yield* pieces("ds");
      })();
      coming.push(put(id, body));
    });
  await staging.sweep();
  goOn();
  expect(await coming[0]).toMatchObject({ ok: true });
  expect(readFileSync(staging.pathOf(id), "utf8")).toBe("words");
});
