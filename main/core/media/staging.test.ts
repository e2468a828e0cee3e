import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventId, RoomId, StagedId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { Attachment, StageAnswer, StagedFile } from "../../../preload/contract/models/attachment.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { StageRequest } from "../api.ts";
import { fakePlatform, type FakePlatform } from "../fake-platform.ts";
import type { Database } from "../store/database.ts";
import { openStore, type Store } from "../store/store.ts";
import { jpegOf, pngOf } from "./pictures.ts";
import { filmOf, SECRET, TELLING_BOXES, XMP_UUID } from "./strip/containers.ts";
import { createStaging, type Staging, type StagingDeps } from "./staging.ts";
import { createTray } from "./tray.ts";

const us = "@us:dunlin.test" as UserId;
const room = "!r:dunlin.test" as RoomId;
let platform: FakePlatform;
let store: Store;
let staging: Staging;
let limit: number | null;
let who: UserId | null;

beforeEach(() => {
  platform = fakePlatform();
  store = openStore(platform);
  limit = null;
  who = us;
  staging = open();
});
afterEach(async () => {
  await store.close();
  platform.cleanUp();
});

const dir = (): string => join(platform.profileDir, "staged");
const open = (more: Partial<StagingDeps> = {}): Staging =>
  createStaging({
    platform,
    store,
    dir: dir(),
    userId: () => who,
    limit: () => limit,
    keepsDetails: () => false,
    maxPixels: 1_000_000,
    ...more,
  });
let made = 0;
const newId = (): StagedId => `staged-file-${String(++made).padStart(6, "0")}` as StagedId;
async function* pieces(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}
function put(bytes: Uint8Array, more: Partial<StageRequest> & { id?: StagedId } = {}): Promise<StageAnswer> {
  const { id = newId(), ...rest } = more;
  const path = `staged/${id}?name=${encodeURIComponent("Holiday photo.png")}`;
  return staging.stage({ path, contentType: null, length: bytes.length, body: pieces(bytes), ...rest });
}
async function staged(bytes: Uint8Array, more: Partial<StageRequest> = {}): Promise<StagedFile> {
  const answer = await put(bytes, more);
  if (!answer.ok) throw new Error(JSON.stringify(answer));
  return answer.file;
}
const attachment = (stagedId: StagedId): Attachment => ({
  ...{ stagedId, caption: "", thumbnail: null, width: null, height: null, durationMs: null },
  ...{ blurhash: null, voice: null },
});

/** This statement finds no room on the disk. */
function filledUp(kept: Database, name: string, isFull: { readonly now: boolean }): Database {
  const full = Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
  const refuse = (): never => {
    throw full;
  };
  return {
    ...kept,
    statements(sqlFile) {
      const find = kept.statements(sqlFile);
      return (wanted) => {
        const found = find<never, never>(wanted);
        return wanted === name
          ? { ...found, run: (params: never) => (isFull.now ? refuse() : found.run(params)) }
          : found;
      };
    },
  };
}

describe("a file from the page", () => {
  it("is on disk, known and described by its own bytes when the page is told", async () => {
    const bytes = pngOf(40, 30);
    const file = await staged(bytes, { contentType: "text/html" });
    expect(file).toEqual({
      stagedId: file.stagedId,
      name: "Holiday photo.png",
      contentType: "image/png",
      size: bytes.length,
      kind: "image",
      width: 40,
      height: 30,
    });
    expect(readFileSync(staging.pathOf(file.stagedId)).equals(bytes)).toBe(true);
    expect(statSync(staging.pathOf(file.stagedId)).mode & 0o077).toBe(0);
    expect(open().find(file.stagedId)).toEqual(file);
  });

  it("staged twice under one id is one file, also at the same time", async () => {
    const id = newId();
    const [one, two] = await Promise.all([put(pngOf(4, 3), { id }), put(pngOf(4, 3), { id })]);
    expect(one).toEqual(two);
    expect(await put(pngOf(9, 9), { id })).toEqual(one);
    expect(readdirSync(dir())).toEqual([id]);
  });

  it.each([
    [null, "application/pdf", "application/pdf", "file"],
    [null, "text/html; charset=utf-8", "text/html", "file"],
    [null, "image/svg+xml", "application/octet-stream", "file"],
    [null, "video/mp4", "application/octet-stream", "file"],
    [null, "nonsense", "application/octet-stream", "file"],
    [null, null, "application/octet-stream", "file"],
    ["\x1a\x45\xdf\xa3 webm", "audio/webm;codecs=opus", "audio/webm", "audio"],
    ["\x1a\x45\xdf\xa3 webm", "video/webm", "video/webm", "video"],
    ["OggS", "audio/ogg", "audio/ogg", "audio"],
  ])("%j that is called %s is sent as %s, a %s", async (head, contentType, type, kind) => {
    const bytes = Buffer.from(head ?? "<svg onload=alert(1)>", "latin1");
    expect(await staged(bytes, { contentType })).toMatchObject({ contentType: type, kind, width: null });
  });

  it.each(["The wide river", "ID3 tags", "GIF89a", "\0\0\0\x08wide", "\xff\xfb\x90\x64"])(
    "%j that is called text is a text where it is one",
    async (head) => {
      const bytes = Buffer.from(head, "latin1");
      const isText = !bytes.includes(0) && bytes.every((byte) => byte < 0x80);
      const answer = await put(bytes, { contentType: "text/plain" });
      if (isText) expect(answer).toMatchObject({ file: { contentType: "text/plain", kind: "file" } });
      else expect(answer).not.toMatchObject({ file: { contentType: "text/plain" } });
    },
  );

  it.each([
    ["text/markdown", "text/markdown"],
    ["application/json", "application/json"],
    ["", "application/octet-stream"],
    [null, "application/octet-stream"],
  ])("that is a text called %j is one, whatever it begins like", async (said, contentType) => {
    for (const head of ["The wide river", "ID3 tags", "GIF89a"])
      expect(await staged(Buffer.from(head), { contentType: said })).toMatchObject({
        ...{ contentType, kind: "file" },
      });
  });

  it("that is a text of many pieces stays one where letters lie across them", async () => {
    const bytes = Buffer.from(`ID3${"ü€😀".repeat(100_000)}`);
    expect(await staged(bytes, { contentType: "text/plain", body: pieces(bytes, 65_536) })).toMatchObject({
      ...{ contentType: "text/plain", size: bytes.length },
    });
  });

  it("with more pixels than anybody should decode is a file", async () => {
    expect(await staged(pngOf(30_000, 30_000))).toMatchObject({
      kind: "file",
      contentType: "image/png",
      width: null,
    });
  });

  it("that is a photo loses its place and is turned as it is shown", async () => {
    const exif = Buffer.from(
      "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0here",
      "latin1",
    );
    const plain = jpegOf(40, 30);
    const scan = Buffer.from([0xff, 0xda, 0, 2, 1]);
    const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
    const frame = plain.subarray(2, -2);
    const photo = Buffer.concat([plain.subarray(0, 2), head, exif, frame, scan, plain.subarray(-2)]);
    const file = await staged(photo);
    expect(file).toMatchObject({ kind: "image", width: 30, height: 40 });
    const stored = readFileSync(staging.pathOf(file.stagedId));
    expect(stored.includes("here")).toBe(false);
    expect(stored.length).toBe(file.size);

    staging = open({ keepsDetails: () => true });
    const kept = await staged(photo);
    expect(kept).toMatchObject({ kind: "image", width: 30, height: 40, size: photo.length });
    expect(readFileSync(staging.pathOf(kept.stagedId)).equals(photo)).toBe(true);
  });

  it("that cannot be cleaned is refused rather than sent with what is in it, unless that is wanted", async () => {
    const bent = jpegOf(40, 30).subarray(0, -2);
    const answer = await put(bent);
    expect(answer).toMatchObject({ ok: false, failure: { message: "photo-unreadable" } });
    expect(readdirSync(dir())).toEqual([]);
    const file = await staged(bent, { path: `staged/${newId()}?name=a.jpg&details=keep` });
    expect(readFileSync(staging.pathOf(file.stagedId)).equals(bent)).toBe(true);
  });

  it("that is a film or a picture of a phone loses its place where it stands, and nothing else", async () => {
    const film = filmOf({
      ...{ brand: "isom", isTableFirst: true, isLong: false, isQuickTime: false, hasTelemetry: true },
      ...{ told: TELLING_BOXES, hasKeys: true, uuids: [XMP_UUID] },
    });
    for (const [bytes, brand] of [
      [film.bytes, "isom"],
      [Buffer.concat([film.bytes.subarray(0, 8), Buffer.from("qt  "), film.bytes.subarray(12)]), "qt"],
    ] as const) {
      const file = await staged(bytes);
      const stored = readFileSync(staging.pathOf(file.stagedId));
      expect(stored.includes(SECRET), brand).toBe(false);
      expect([stored.length, stored.includes("The old quay")]).toEqual([bytes.length, true]);
    }
  });
});

describe("a recording", () => {
  const id = newId();
  const piece = (text: string, from: number, more: Partial<StageRequest> = {}) =>
    put(Buffer.from(text, "latin1"), {
      ...{ id, path: `staged/${id}?name=Voice&from=${from}`, contentType: "audio/webm", ...more },
    });
  const head = "\x1a\x45\xdf\xa3 webm";
  const onDisk = (): string => readFileSync(staging.pathOf(id), "latin1");

  it("grows by what continues it, each piece on disk when the page is told", async () => {
    expect(await piece(head, 0)).toMatchObject({ file: { contentType: "audio/webm", size: 9 } });
    expect(await piece("more", 9)).toMatchObject({ ok: true, file: { stagedId: id, size: 13 } });
    expect(await piece(" and more", 13)).toMatchObject({ ok: true, file: { size: 22 } });
    expect(onDisk()).toBe(`${head}more and more`);
    expect(open().find(id)?.size).toBe(22);
  });

  it("takes no piece that does not continue it, none twice, and nothing of one that broke off", async () => {
    await piece(head, 0);
    expect(await piece("too far", 12)).toMatchObject({ failure: { message: "not-growing" } });
    expect(await piece("brok", 9, { length: 9 })).toMatchObject({ failure: { kind: "aborted" } });
    expect(staging.find(id)?.size).toBe(9);
    await piece("more", 9);
    expect(await piece("more", 9)).toMatchObject({ failure: { message: "not-growing" } });
    const both = await Promise.all([piece("1", 13), piece("2", 13)]);
    expect(both.map(({ ok }) => ok)).toEqual([true, false]);
    expect(onDisk()).toBe(`${head}more1`);
  });

  it("grows no more once it is sent, discarded, or found after a restart", async () => {
    await piece(head, 0);
    const restarted = open();
    const path = `staged/${id}?name=Voice&from=9`;
    const body = pieces(Buffer.from("more"));
    expect((await restarted.stage({ path, contentType: null, length: 4, body })).ok).toBe(false);
    staging.handedOver([id]);
    expect((await piece("more", 9)).ok).toBe(false);
    expect(onDisk()).toBe(head);
    await staging.discard([id]);
    expect((await piece("more", 9)).ok).toBe(false);
    expect(readdirSync(dir())).toEqual([]);
  });

  it("is never larger than what may be sent", async () => {
    limit = 12;
    await piece(head, 0);
    expect(await piece("more", 9)).toMatchObject({ failure: { errcode: "M_TOO_LARGE" } });
    expect([onDisk(), staging.find(id)?.size]).toEqual([head, 9]);
  });
});

describe("what is not taken", () => {
  it("more than the server takes, by its announced length before a byte is read", async () => {
    limit = 10;
    let isRead = false;
    const body = (async function* () {
      isRead = true;
      yield await Promise.resolve(new Uint8Array(11));
    })();
    expect(await put(new Uint8Array(11), { body })).toMatchObject({
      ok: false,
      failure: { errcode: "M_TOO_LARGE" },
    });
    expect(isRead).toBe(false);
  });

  it("more than the server takes, whatever was announced, and no more of it is written", async () => {
    limit = 10;
    let given = 0;
    const body = (async function* () {
      for (;;) {
        given += 4;
        yield await Promise.resolve(new Uint8Array(4));
      }
    })();
    const answer = await put(new Uint8Array(0), { body, length: null });
    expect(answer).toMatchObject({ ok: false, failure: { kind: "rejected", errcode: "M_TOO_LARGE" } });
    expect(given).toBe(12);
    expect(readdirSync(dir())).toEqual([]);
  });

  it("a file that was cut off on its way, or is empty", async () => {
    expect(await put(new Uint8Array(5), { length: 9 })).toMatchObject({
      ok: false,
      failure: { kind: "aborted" },
    });
    expect(await put(new Uint8Array(0))).toMatchObject({ ok: false, failure: { message: "empty-file" } });
    expect(readdirSync(dir())).toEqual([]);
  });

  it("a file where nobody is signed in, or under a name that is no id", async () => {
    who = null;
    expect(await put(pngOf(1, 1))).toMatchObject({ ok: false, failure: { kind: "unauthorized" } });
    who = us;
    for (const path of ["staged/../../kept.db", "staged/short", "staged/a%2Fb-cdefghijklmnop", "media/x/y"])
      expect(await put(pngOf(1, 1), { path })).toMatchObject({ ok: false, failure: { kind: "invalid" } });
    expect(existsSync(dir())).toBe(false);
  });

  it("a file when the disk refuses: the reason is told, and nothing is left", async () => {
    writeFileSync(dir(), "in the way");
    const id = newId();
    expect((await put(pngOf(1, 1), { id })).ok).toBe(false);
    rmSync(dir());
    expect(await put(pngOf(1, 1), { id })).toMatchObject({ ok: true, file: { stagedId: id } });
    expect(readdirSync(dir())).toEqual([id]);
  });

  it("a file of which no note can be taken, as the disk is full; then it is one file under the same id", async () => {
    const isFull = { now: true };
    const id = newId();
    staging = open({ store: { kept: filledUp(store.kept, "insertStaged", isFull) } });
    for (let times = 0; times < 2; times++)
      expect(await put(pngOf(4, 3), { id })).toMatchObject({ failure: { kind: "storage", problem: "full" } });
    expect(staging.find(id)).toBeNull();
    isFull.now = false;
    const answers = await Promise.all([put(pngOf(4, 3), { id }), put(pngOf(4, 3), { id })]);
    expect(answers).toMatchObject([{ ok: true }, { ok: true }]);
    expect(readdirSync(dir())).toEqual([id]);
  });
});

describe("what stays", () => {
  it("goes when it is discarded, but for what a draft needs", async () => {
    const [a, b] = [await staged(pngOf(1, 1)), await staged(pngOf(2, 2))];
    const tray = createTray({ store, staging, userId: () => who });
    tray.save(room, [attachment(b.stagedId)]);
    await staging.discard([a.stagedId, b.stagedId]);
    expect(readdirSync(dir())).toEqual([b.stagedId]);
    expect(tray.load(room)).toEqual([{ file: b, attachment: attachment(b.stagedId) }]);
  });

  it("after a restart is what drafts need; what a crash left half-written goes", async () => {
    const [a, b] = [await staged(pngOf(1, 1)), await staged(pngOf(2, 2))];
    createTray({ store, staging, userId: () => who }).save(room, [attachment(b.stagedId)]);
    writeFileSync(join(dir(), `${newId()}.part`), "half");
    writeFileSync(join(dir(), newId()), "without a row");
    await staging.sweep();
    expect(readdirSync(dir()).sort()).toEqual([a.stagedId, b.stagedId].sort());
    staging = open();
    await staging.sweep();
    expect(readdirSync(dir())).toEqual([b.stagedId]);
    expect(staging.find(a.stagedId)).toBeNull();
  });

  it("in the tray of a thread is the thread's, by either name of its root, and goes when it has become a message", async () => {
    const [a, b] = [await staged(pngOf(1, 1)), await staged(pngOf(2, 2))];
    const tray = createTray({ store, staging, userId: () => who });
    const unsent = { eventId: null, transactionId: "a-root" as TransactionId };
    const root = { ...unsent, eventId: "$root" as EventId };
    tray.save(room, [attachment(a.stagedId)]);
    tray.save(room, [attachment(b.stagedId)], unsent);
    const files = (thread?: MessageTarget) => tray.load(room, thread).map(({ file }) => file.stagedId);
    expect([files(), files(root)]).toEqual([[a.stagedId], [b.stagedId]]);
    tray.save(room, [attachment(b.stagedId)], root);
    expect(files(root)).toEqual([b.stagedId]);
    await staging.discard([b.stagedId]);
    expect(readdirSync(dir())).toContain(b.stagedId);
    tray.sent(b.stagedId);
    expect([files(), files(root)]).toEqual([[a.stagedId], []]);
  });

  it("is nobody else's", async () => {
    const file = await staged(pngOf(1, 1));
    who = "@other:dunlin.test" as UserId;
    expect(staging.find(file.stagedId)).toBeNull();
  });

  it("a tray written by another version loses only what cannot be read", async () => {
    const [a, b] = [await staged(pngOf(1, 1)), await staged(pngOf(2, 2))];
    const tray = createTray({ store, staging, userId: () => who });
    tray.save(room, [{ ...attachment(a.stagedId), future: true } as Attachment, attachment(b.stagedId)]);
    expect(tray.load(room).map(({ file }) => file)).toEqual([b]);
  });
});

it("makes its folder for us alone", async () => {
  mkdirSync(platform.profileDir, { recursive: true });
  await staged(pngOf(1, 1));
  expect(statSync(dir()).mode & 0o077).toBe(0);
});
