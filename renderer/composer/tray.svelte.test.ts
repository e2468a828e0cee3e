import { beforeEach, expect, test, vi } from "vitest";
import type { StagedId } from "../../preload/contract/ids.ts";
import type { Attachment, StagedFile } from "../../preload/contract/models/attachment.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { StageOptions } from "../state/staging.ts";
import { Tray, type TrayOutlet } from "./tray.svelte.ts";
import type { Recording, Spoken } from "./voice-recorder.svelte.ts";

// The files about to be sent, against a core that only remembers.

interface Refusal {
  readonly failure: Failure;
}
const refusal = (failure: Failure): Error & Refusal => Object.assign(new Error(failure.message), { failure });

let made: number;
let saved: readonly Attachment[][];
let staged: { stagedId: StagedId; name: string; bytes: Blob; options: StageOptions | undefined }[];
let sent: Attachment[];
let discarded: StagedId[];
let refuses: Failure | null;
/** The disk is, for whatever comes. */
let isFull: boolean;
const full: Failure = { kind: "storage", message: "ENOSPC", problem: "full" };
/** What the server says it takes; it may be slow to say so. */
let limit: Promise<number | null>;
let tray: Tray;

beforeEach(() => {
  made = 0;
  [saved, staged, sent, discarded, refuses, isFull] = [[], [], [], [], null, false];
  limit = Promise.resolve(null);
  const outlet: TrayOutlet = {
    stage(stagedId, file, name, options) {
      staged.push({ stagedId, name, bytes: file, options });
      if (isFull) return Promise.reject(refusal(full));
      if (refuses !== null && options?.keepsDetails !== true) return Promise.reject(refusal(refuses));
      return Promise.resolve(fileOf(stagedId, name, file.size));
    },
    address: (stagedId) => stagedId,
    limit: () => limit,
    discard: (ids) => void discarded.push(...ids),
    save: (attachments) => Promise.resolve(void (saved = [...saved, [...attachments]])),
    send: (_id, attachment) => Promise.resolve(sent.push(attachment)),
    failureOf: (error) => (error as Refusal).failure,
    newId: () => `id-${++made}`,
  };
  tray = new Tray(outlet);
});

const fileOf = (stagedId: StagedId, name: string, size: number): StagedFile => ({
  ...{ stagedId, name, size, contentType: "application/pdf", kind: "file", width: null, height: null },
});
const spoken = (text: string): Recording => ({
  blob: new Blob([text]),
  durationMs: text.length * 1000,
  waveform: [1, 2],
});
const soFar = (text: string): Spoken => ({
  ...{ durationMs: text.length * 1000, waveform: [1, 2] },
  since: (bytes) => new Blob([text.slice(bytes)]),
});
const pieces = () =>
  Promise.all(
    staged.map(async ({ stagedId, bytes, options }) => [stagedId, options?.from, await bytes.text()]),
  );
const last = () => saved.at(-1) ?? [];
const file = (name = "a.pdf"): File => new File(["x"], name);

test("a recording that was left waits in the tray as a voice message, and is sent from there", async () => {
  tray.restore([]);
  await tray.waitVoice(spoken("half a sentence"));
  expect(sent).toEqual([]);
  expect(last()).toMatchObject([{ durationMs: 15_000, voice: { waveform: [1, 2] } }]);
  expect(tray.entries.map(({ isVoice }) => isVoice)).toEqual([true]);
  await tray.send();
  expect(sent).toMatchObject([{ voice: { waveform: [1, 2] } }]);
  expect(last()).toEqual([]);
});

test("what was said so far is kept beside the tray, in one file that grows by what is new", async () => {
  tray.restore([]);
  await tray.keepSpoken(soFar("one"));
  const [first] = last();
  expect(first).toMatchObject({ durationMs: 3000, voice: { waveform: [1, 2] } });
  expect(tray.isEmpty).toBe(true);
  await tray.keepSpoken(soFar("one two"));
  await tray.keepSpoken(soFar("one two"));
  expect(last()).toMatchObject([{ stagedId: first?.stagedId, durationMs: 7000 }]);
  expect(await pieces()).toEqual([
    [first?.stagedId, 0, "one"],
    [first?.stagedId, 3, " two"],
  ]);
  expect(discarded).toEqual([]);
});

test("a piece that cannot be kept loses nothing: the next occasion keeps all of it anew", async () => {
  tray.restore([]);
  await tray.keepSpoken(soFar("one"));
  const [first] = last();
  refuses = { kind: "invalid", message: "not-growing" };
  await tray.keepSpoken(soFar("one two"));
  expect(last()).toEqual([first]);
  refuses = null;
  await tray.keepSpoken(soFar("one two three"));
  expect(last()).toMatchObject([{ durationMs: 13_000 }]);
  expect((await pieces()).at(-1)).toEqual([last()[0]?.stagedId, 0, "one two three"]);
  expect(last()[0]?.stagedId).not.toBe(first?.stagedId);
  expect(discarded).toEqual([first?.stagedId]);
});

test("what is whole takes the place of what was kept of it in one step: no crash leaves both", async () => {
  tray.restore([]);
  await tray.keepSpoken(soFar("all"));
  const before = saved.length;
  await tray.waitVoice(spoken("all of it"));
  for (const attachments of saved.slice(before)) expect(attachments).toMatchObject([{ durationMs: 9000 }]);
});

test.each([
  ["sent", () => tray.addVoice(spoken("all of it"))],
  ["left", () => tray.waitVoice(spoken("all of it"))],
])("when it is %s, what was kept of it goes", async (how, end) => {
  tray.restore([]);
  await tray.keepSpoken(soFar("all"));
  const [kept] = last();
  await end();
  expect(last()).toHaveLength(how === "sent" ? 0 : 1);
  expect(last()).not.toContainEqual(kept);
  await vi.waitFor(() => expect(discarded).toEqual([kept?.stagedId]), 15_000);
});

test("discarded, nothing of it is kept, also of what was on its way to be", async () => {
  tray.restore([]);
  const keeping = tray.keepSpoken(soFar("never mind"));
  tray.dropSpoken();
  await keeping;
  await tray.add([file()]);
  expect(last().map(({ voice }) => voice)).toEqual([null]);
  expect(discarded).toEqual(["id-1"]);
});

test.each<[string, () => void]>([
  ["while the server is slow", () => (limit = new Promise(() => {}))],
  ["after it was refused", () => (refuses = { kind: "invalid", message: "unreadable-file" })],
])(
  "a recording that is removed %s does not come back, and the next one has a file of its own",
  async (_, go) => {
    tray.restore([]);
    await tray.keepSpoken(soFar("all"));
    const [kept] = last();
    go();
    void tray.addVoice(spoken("all of it"));
    await vi.waitFor(() => expect(tray.entries[0]?.problem !== null || refuses === null).toBe(true), 15_000);
    tray.remove(tray.entries[0]!);
    await vi.waitFor(() => expect(discarded).toContain(kept?.stagedId), 15_000);
    expect(last()).toEqual([]);
    refuses = null;
    await tray.keepSpoken(soFar("another"));
    expect(last()).toMatchObject([{ durationMs: 7000 }]);
    expect((await pieces()).at(-1)).toEqual([last()[0]?.stagedId, 0, "another"]);
    expect(last()[0]?.stagedId).not.toBe(kept?.stagedId);
  },
);

test("a tray that was not restored yet never takes the place of the stored one", async () => {
  tray.flush();
  await tray.add([file("new.pdf")]);
  expect(saved).toEqual([]);
  const stored = fileOf("stored" as StagedId, "old.pdf", 1);
  const attachment = {
    stagedId: stored.stagedId,
    caption: "kept",
    thumbnail: null,
    width: null,
    height: null,
  };
  tray.restore([
    { file: stored, attachment: { ...attachment, durationMs: null, blurhash: null, voice: null } },
  ]);
  expect(last().map(({ caption }) => caption)).toEqual(["kept", ""]);
});

test("a file that cannot be cleaned waits with the reason, and goes as it is only when that is wanted", async () => {
  tray.restore([]);
  refuses = { kind: "invalid", message: "photo-unreadable" };
  await tray.add([file("quay.heic")]);
  const [entry] = tray.entries;
  expect(entry?.problem).toMatch(/^Place and camera could not be taken out/);
  await tray.send();
  expect(sent).toEqual([]);
  await tray.takeUnclean(entry!);
  expect(staged.map(({ options }) => options?.keepsDetails)).toEqual([false, true]);
  expect(entry?.problem).toBeNull();
  await tray.send();
  expect(sent).toHaveLength(1);
});

test("a file refused for another reason is not offered as it is, nor again: it would be the same", async () => {
  refuses = { kind: "invalid", message: "empty-file" };
  await tray.add([file()]);
  expect(tray.entries[0]).toMatchObject({ problem: "This file is empty.", unclean: null, again: null });
  refuses = null;
  await tray.retry(tray.entries[0]!);
  expect(staged).toHaveLength(1);
});

test("a file for which the disk had no room is taken again when that is wanted, once, and goes in its turn", async () => {
  tray.restore([]);
  refuses = full;
  await tray.add([file("first.pdf")]);
  refuses = null;
  await tray.add([file("second.pdf")]);
  const [entry] = tray.entries;
  expect(entry?.problem).toMatch(/disk is full/);
  const [before] = staged;
  await Promise.all([tray.retry(entry!), tray.retry(entry!)]);
  expect(entry).toMatchObject({ problem: null, again: null });
  expect(staged.map(({ name }) => name)).toEqual(["first.pdf", "second.pdf", "first.pdf"]);
  expect(staged[2]).toMatchObject({ stagedId: before?.stagedId, bytes: before?.bytes });
  await tray.retry(entry!);
  expect(last().map(({ stagedId }) => stagedId)).toEqual(tray.entries.map(({ stagedId }) => stagedId));
  await tray.send();
  expect(sent.map(({ stagedId }) => stagedId)).toEqual([before?.stagedId, staged[1]?.stagedId]);
});

test("where the disk is still full the file waits on, also one that is wanted with place and camera", async () => {
  tray.restore([]);
  refuses = { kind: "invalid", message: "photo-unreadable" };
  await tray.add([file("quay.heic")]);
  const [entry] = tray.entries;
  isFull = true;
  await tray.takeUnclean(entry!);
  await tray.retry(entry!);
  expect(entry?.problem).toMatch(/disk is full/);
  expect(entry?.unclean).toBeNull();
  isFull = false;
  await tray.retry(entry!);
  await tray.send();
  expect(staged.map(({ options }) => options?.keepsDetails)).toEqual([false, true, true, true]);
  expect(sent).toHaveLength(1);
});

test("Send waits for what is taken again", async () => {
  tray.restore([]);
  refuses = full;
  await tray.add([file()]);
  refuses = null;
  void tray.retry(tray.entries[0]!);
  expect(await tray.send()).toBe(true);
  expect(sent).toHaveLength(1);
});

test("a voice message for which the disk had no room is kept as far as it was, and taken again whole", async () => {
  tray.restore([]);
  await tray.keepSpoken(soFar("one"));
  const [kept] = last();
  refuses = full;
  expect(await tray.addVoice(spoken("one two"))).toBe(false);
  tray.flush();
  expect(last()).toEqual([kept]);
  refuses = null;
  const [entry] = tray.entries;
  const before = saved.length;
  await tray.retry(entry!);
  // In one step: no crash leaves both, or none.
  for (const attachments of saved.slice(before)) expect(attachments).toHaveLength(1);
  expect(last()).toMatchObject([{ durationMs: 7000, voice: { waveform: [1, 2] } }]);
  expect(await staged.at(-1)?.bytes.text()).toBe("one two");
  await vi.waitFor(() => expect(discarded).toEqual([kept?.stagedId]), 15_000);
  // It waits for its Send: the one that was refused is over.
  expect(sent).toEqual([]);
  await tray.send();
  expect(sent).toMatchObject([{ durationMs: 7000 }]);
});

test("while one voice message waits for room on the disk, the next is kept in a file of its own", async () => {
  tray.restore([]);
  await tray.keepSpoken(soFar("one"));
  const [kept] = last();
  refuses = full;
  await tray.waitVoice(spoken("one two"));
  refuses = null;
  await tray.keepSpoken(soFar("another"));
  expect(last()).toMatchObject([kept, { durationMs: 7000 }]);
  expect((await pieces()).at(-1)).toEqual([last()[1]?.stagedId, 0, "another"]);
  await tray.waitVoice(spoken("another one"));
  expect(last()).toMatchObject([kept, { durationMs: 11_000 }]);
  expect(discarded).not.toContain(kept?.stagedId);
  await tray.retry(tray.entries[0]!);
  expect(last()).toMatchObject([{ durationMs: 7000 }, { durationMs: 11_000 }]);
  tray.dropSpoken();
  expect(last()).toHaveLength(2);
});

test("a piece that is on its way when the message is whole is no piece of the next", async () => {
  tray.restore([]);
  await tray.keepSpoken(soFar("one"));
  const [kept] = last();
  const keeping = tray.keepSpoken(soFar("one two"));
  refuses = full;
  await tray.waitVoice(spoken("one two three"));
  await keeping;
  expect(last().map(({ stagedId }) => stagedId)).toEqual([kept?.stagedId]);
  expect(discarded).toEqual([]);
});

test("names that were picked stay with a caption for as long as they stand in it", async () => {
  tray.restore([]);
  await tray.add([file()]);
  const [entry] = tray.entries;
  tray.mention(entry!, { text: "@Ben", id: "@ben:x" });
  tray.caption(entry!, "with @Ben");
  tray.flush();
  expect(last()).toMatchObject([{ caption: "with @Ben", mentions: [{ text: "@Ben", id: "@ben:x" }] }]);
  tray.caption(entry!, "alone");
  tray.flush();
  expect(last()[0]).not.toHaveProperty("mentions");
});
