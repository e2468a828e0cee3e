import { expect, test } from "vitest";
import type { MxcUri, StagedId } from "../../../preload/contract/ids.ts";
import { aborted, failed, ok, type Result } from "../failure.ts";
import { SharedUploads, type Bring } from "./shared-uploads.ts";

const file = "staged-1" as StagedId;
const address = ok("mxc://x/1" as MxcUri);
const silent = (): void => {};

/** Uploads that end when the test says so, or are broken off. */
function uploads() {
  const begun: { end: (result: Result<MxcUri>) => void; tell: (fraction: number) => void }[] = [];
  const bring: Bring = (signal, tell) =>
    new Promise((end) => {
      begun.push({ end, tell });
      signal.addEventListener("abort", () => end(failed(aborted)));
    });
  return { begun, bring };
}

test("two rooms that wait for one file bring it once, and both hear how far it is", async () => {
  const { begun, bring } = uploads();
  const shared = new SharedUploads();
  const heard: string[] = [];
  const { signal } = new AbortController();
  const one = shared.join(file, signal, (fraction) => heard.push(`one ${fraction}`), bring);
  const two = shared.join(file, signal, (fraction) => heard.push(`two ${fraction}`), bring);
  begun[0]?.tell(0.5);
  begun[0]?.end(address);
  expect(await Promise.all([one, two])).toEqual([address, address]);
  expect(begun).toHaveLength(1);
  expect(heard).toEqual(["one 0.5", "two 0.5"]);
});

test("who leaves does not break it off for the other; the last does, and whoever asks then begins anew", async () => {
  const { begun, bring } = uploads();
  const shared = new SharedUploads();
  const [first, second] = [new AbortController(), new AbortController()];
  const one = shared.join(file, first.signal, silent, bring);
  const two = shared.join(file, second.signal, silent, bring);
  first.abort();
  expect(await one).toEqual(failed(aborted));
  second.abort();
  const three = shared.join(file, new AbortController().signal, silent, bring);
  expect(await two).toEqual(failed(aborted));
  begun[1]?.end(address);
  expect(await three).toEqual(address);
  expect(begun).toHaveLength(2);
});

test("a failure is everybody's, and the next attempt is another upload", async () => {
  const { begun, bring } = uploads();
  const shared = new SharedUploads();
  const { signal } = new AbortController();
  const both = [shared.join(file, signal, silent, bring), shared.join(file, signal, silent, bring)];
  begun[0]?.end(failed({ kind: "offline", message: "gone" }));
  expect((await Promise.all(both)).map((result) => result.ok)).toEqual([false, false]);
  void shared.join(file, signal, silent, bring);
  expect(begun).toHaveLength(2);
});
