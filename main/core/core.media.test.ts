import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId, StagedId, TransactionId } from "../../preload/contract/ids.ts";
import type { Attachment, StagedFile } from "../../preload/contract/models/attachment.ts";
import type { MessageItem, TimelineItem } from "../../preload/contract/models/timeline.ts";
import { pngOf } from "./media/pictures.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";

// Files from the page to the room, through the queue: over real HTTP, with a server that fails at each step.

let server: Homeserver;
let roomId: RoomId;
let rig: CoreRig;
beforeEach(async () => {
  server = await homeserverWith();
  server.world.addUser("ann");
  server.world.addUser("ben");
  roomId = server.world.createRoom({ creator: "ben", members: ["ann"], name: "Garden" }) as RoomId;
  rig = await (await CoreRig.start(server)).signIn("ann");
});
afterEach(endAll);

const UPLOAD = /\/media\/v3\/upload$/;
const SEND = /\/send\//;
let made = 0;
const newId = (): StagedId => `staged-in-core-${String(++made).padStart(6, "0")}` as StagedId;

async function staged(
  bytes: Uint8Array = pngOf(40, 30),
  name = "hill.png",
  contentType = "image/png",
): Promise<StagedFile> {
  const body = (async function* () {
    yield await Promise.resolve(bytes);
  })();
  const path = `staged/${newId()}?name=${encodeURIComponent(name)}`;
  const answer = await rig.core.stage({ path, contentType, length: bytes.length, body });
  if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
  return answer.file;
}
const attachmentOf = ({ stagedId }: StagedFile, more: Partial<Attachment> = {}): Attachment => ({
  ...{ stagedId, caption: "", thumbnail: null, width: null, height: null, durationMs: null },
  ...{ blurhash: null, voice: null, ...more },
});
async function send(file: StagedFile, more: Partial<Attachment> = {}, id = `file-${++made}`) {
  const transactionId = id as TransactionId;
  await rig.core.handlers.sendAttachment({ roomId, transactionId, attachment: attachmentOf(file, more) });
  return transactionId;
}
const said = () =>
  server.world.events(roomId).flatMap(({ type, content }) => (type === "m.room.message" ? [content] : []));
const settled = (run: CoreRig) => run.watch("outbox").until((entries) => entries.length === 0);
const isMessage = (item: TimelineItem): item is MessageItem => item.kind === "message";
const lastOf = (items: readonly TimelineItem[]) => items.filter(isMessage).at(-1);
async function unsent() {
  const [entry] = await rig.watch("outbox").until(([first]) => first?.send.state === "unsent");
  return entry?.send.state === "unsent" ? entry.send.reason : null;
}

describe("a file", () => {
  it("is uploaded as it is, then named by its event, in its place; what is here need not come back", async () => {
    const bytes = pngOf(40, 30);
    const file = await staged(bytes);
    const small = await staged(pngOf(8, 6), "thumbnail");
    const timeline = rig.watch("timeline", { roomId });
    await send(file, {
      caption: "The hill",
      thumbnail: { stagedId: small.stagedId, width: 8, height: 6 },
      blurhash: "LEHV6nWB2yk8",
    });
    await rig.type(roomId, "after");
    await timeline.until(({ items }) => items.some((item) => isMessage(item) && item.body.type === "image"));
    const shown = timeline.value.items.filter(isMessage).find(({ body }) => body.type === "image");
    expect(shown?.body).toMatchObject({ media: { file: `staged/${file.stagedId}`, width: 40, height: 30 } });
    await settled(rig);

    const [image, after] = said();
    expect(after).toMatchObject({ body: "after" });
    expect(image).toMatchObject({
      msgtype: "m.image",
      body: "The hill",
      filename: "hill.png",
      info: {
        ...{
          mimetype: "image/png",
          size: bytes.length,
          w: 40,
          h: 30,
          "xyz.amorgan.blurhash": "LEHV6nWB2yk8",
        },
        thumbnail_info: { mimetype: "image/png", size: small.size, w: 8, h: 6 },
      },
    });
    const uploads = server.wire.requests.filter(({ path }) => UPLOAD.test(path));
    expect(uploads.map(({ body }) => (body as Buffer).length)).toEqual([bytes.length, small.size]);
    expect(uploads[0]).toMatchObject({
      query: { filename: "hill.png" },
      headers: { "content-type": "image/png", "content-length": String(bytes.length) },
    });
    expect(uploads[0]!.body).toEqual(bytes);

    await timeline.until(({ items }) => lastOf(items)?.eventId !== null);
    const echoed = timeline.value.items.filter(isMessage).find(({ body }) => body.type === "image");
    const path = echoed !== undefined && "media" in echoed.body ? echoed.body.media.file : null;
    expect(path).toMatch(/^media\//);
    expect(await rig.core.media(path!)).toMatchObject({ ok: true, file: { contentType: "image/png" } });
    expect(server.wire.count("GET", /\/media\/.*\/(?:download|thumbnail)/)).toBe(0);
    await eventually(() => readdirSync(join(rig.platform.profileDir, "staged")).length === 0);
  });

  it("is sent once when the answer to its upload is lost", async () => {
    server.faults.add({ on: { path: UPLOAD }, do: { answerLost: true }, times: 1 });
    await send(await staged());
    await settled(rig);
    expect(server.wire.count("POST", UPLOAD)).toBe(2);
    expect(said()).toHaveLength(1);
  });

  it("is sent once when the answer to its event is lost, and not uploaded again", async () => {
    server.faults.add({ on: { path: SEND }, do: { answerLost: true }, times: 1 });
    await send(await staged());
    await settled(rig);
    await rig.caughtUp("ann");
    expect(server.wire.count("POST", UPLOAD)).toBe(1);
    expect(said()).toHaveLength(1);
  });

  it("killed while its file is on the way is sent once by the next run, before what was typed after it", async () => {
    const held = Promise.withResolvers<void>();
    server.faults.add({ on: { path: UPLOAD }, do: { holdBefore: held.promise }, times: 1 });
    await send(await staged());
    await rig.type(roomId, "after");
    await server.wire.waitFor(({ path }) => UPLOAD.test(path));
    rig = await rig.kill()();
    held.resolve();
    await rig.live();
    await settled(rig);
    expect(said().map(({ body }) => body)).toEqual(["hill.png", "after"]);
  });

  it("killed between its file and its event is not uploaded again, and sent once", async () => {
    const held = Promise.withResolvers<void>();
    server.faults.add({ on: { path: SEND }, do: { holdBefore: held.promise }, times: 1 });
    await send(await staged());
    await server.wire.waitFor(({ path }) => SEND.test(path));
    rig = await rig.kill()();
    held.resolve();
    await rig.live();
    await settled(rig);
    await rig.caughtUp("ann");
    expect(server.wire.count("POST", UPLOAD)).toBe(1);
    expect(said()).toHaveLength(1);
  });

  it("cancelled while it is on the way is neither sent nor kept, and the next message goes", async () => {
    const held = Promise.withResolvers<void>();
    server.faults.add({ on: { path: UPLOAD }, do: { holdBefore: held.promise } });
    const transactionId = await send(await staged());
    await rig.type(roomId, "after");
    await server.wire.waitFor(({ path }) => UPLOAD.test(path));
    expect(await rig.core.handlers.deleteSend({ roomId, transactionId })).toEqual({ isDeleted: true });
    await settled(rig);
    held.resolve();
    expect(said().map(({ body }) => body)).toEqual(["after"]);
    await eventually(() => readdirSync(join(rig.platform.profileDir, "staged")).length === 0);
  });

  it("larger than the server takes is refused before a byte of it leaves", async () => {
    server.world.maxUploadBytes = 50;
    expect(await rig.core.handlers.loadUploadLimit({})).toEqual({ maxBytes: 50 });
    await expect(staged(pngOf(40, 30))).rejects.toThrow("M_TOO_LARGE");
    expect(server.wire.count("POST", UPLOAD)).toBe(0);
  });

  it("that the server finds too large in the end is told so, once, and everything else goes on", async () => {
    server.faults.add({ on: { path: UPLOAD }, do: { status: { code: 413, body: "<html>" } } });
    await send(await staged());
    await rig.type(roomId, "after");
    expect(await unsent()).toMatchObject({ code: "rejected", failure: { errcode: "M_TOO_LARGE" } });
    await eventually(() => said().length === 1);
    expect(server.wire.count("POST", UPLOAD)).toBe(1);
    server.faults.clear();
    await rig.core.handlers.retryAllSends({});
    await settled(rig);
    expect(said().map(({ body }) => body)).toEqual(["after", "hill.png"]);
  });

  it("waits as long as a limit of the server says", async () => {
    server.faults.add({ on: { path: UPLOAD }, do: { limited: { retryAfterMs: 150 } }, times: 1 });
    await send(await staged());
    await settled(rig);
    const [first, second] = server.wire.requests.filter(({ path }) => UPLOAD.test(path));
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(150);
    expect(said()).toHaveLength(1);
  });

  it("for a server without a repository is told so (ATT-04)", async () => {
    server.faults.add({
      on: { path: UPLOAD },
      do: { error: { status: 404, errcode: "M_UNRECOGNIZED" } },
    });
    await send(await staged());
    expect(await unsent()).toMatchObject({ code: "rejected", failure: { message: "no-repository" } });
  });

  it("asked for twice, also when it is long sent, is one message", async () => {
    const file = await staged();
    await send(file, {}, "once");
    await send(file, {}, "once");
    await settled(rig);
    await rig.caughtUp("ann");
    await send(file, {}, "once");
    await rig.caughtUp("ann");
    expect(said()).toHaveLength(1);
  });

  it("asked for again behind a tray that was stored again waits there no more", async () => {
    const attachments = [attachmentOf(await staged())];
    const transactionId = "sent-once" as TransactionId;
    const send = async () =>
      rig.core.handlers.sendAttachment({ roomId, transactionId, attachment: attachments[0]! });
    await send();
    // The link broke before either was answered: the page asks both again, in order.
    await rig.core.handlers.saveDraftAttachments({ roomId, attachments });
    await send();
    expect((await rig.watch("room", { roomId }).until(() => true)).attachments).toEqual([]);
  });

  it("that is gone from the disk is said to be", async () => {
    const file = await staged();
    await rig.core.handlers.discardStaged({ stagedIds: [file.stagedId] });
    await expect(send(file)).rejects.toThrow("file-missing");
  });

  it("can answer a message", async () => {
    const eventId = server.world.sendMessage(roomId, "ben", "Show me!");
    await rig.caughtUp("ann");
    const transactionId = "an-answer" as TransactionId;
    const replyTo = { eventId: eventId as never, transactionId: null };
    const attachment = attachmentOf(await staged());
    await rig.core.handlers.sendAttachment({ roomId, transactionId, attachment, replyTo });
    await settled(rig);
    expect(said().at(-1)).toMatchObject({
      msgtype: "m.image",
      "m.relates_to": { "m.in_reply_to": { event_id: eventId } },
    });
  });
});

describe("words that go as a file", () => {
  const words = 'ID3 says\n "ü" ';
  const textFile = () => staged(Buffer.from(words), "message.txt", "text/plain");
  const draft = async () => (await rig.watch("room", { roomId }).until((view) => view !== null))?.draft;

  it("arrive as they are, and take their draft with them in the same commit", async () => {
    await rig.core.handlers.saveDraft({ roomId, draft: { body: words.slice(0, 5) } });
    const attachment = attachmentOf(await textFile());
    const transactionId = "as-a-file" as TransactionId;
    const asked = { roomId, transactionId, attachment, draftLength: words.length };
    await rig.core.handlers.sendAttachment(asked);
    expect(await draft()).toBeNull();
    await settled(rig);
    const info = { mimetype: "text/plain", size: Buffer.byteLength(words) };
    expect(said()).toMatchObject([{ msgtype: "m.file", body: "message.txt", info }]);
    const [upload] = server.wire.requests.filter(({ path }) => UPLOAD.test(path));
    expect(upload?.body).toEqual(Buffer.from(words));
    // Asked again after an answer that was lost: what is being written by now is not theirs.
    await rig.core.handlers.saveDraft({ roomId, draft: { body: "new" } });
    await rig.core.handlers.sendAttachment(asked);
    expect(await draft()).toMatchObject({ body: "new" });
  });

  it("leave other words typed while they were taken, also fewer; what ends in a space is theirs", async () => {
    for (const [body, left] of [
      ["new", { body: "new" }],
      [`x${words.slice(1)}`, { body: `x${words.slice(1)}` }],
      [`${words.slice(0, 3)} \n`, null],
    ] as const) {
      await rig.core.handlers.saveDraft({ roomId, draft: { body } });
      const attachment = attachmentOf(await textFile());
      const transactionId = crypto.randomUUID() as TransactionId;
      const draftLength = words.length;
      await rig.core.handlers.sendAttachment({ roomId, transactionId, attachment, draftLength });
      expect(await draft()).toEqual(left);
    }
  });

  it("leave a draft that has grown, and a picture leaves every draft", async () => {
    await rig.core.handlers.saveDraft({ roomId, draft: { body: `${words} and more` } });
    await send(await staged());
    const attachment = attachmentOf(await textFile());
    const transactionId = "as-a-file" as TransactionId;
    await rig.core.handlers.sendAttachment({ roomId, transactionId, attachment, draftLength: words.length });
    expect(await draft()).toMatchObject({ body: `${words} and more` });
  });
});

describe("a picture for an avatar", () => {
  it("is uploaded at once, told with its true measures, and forgotten here", async () => {
    const { stagedId, size } = await staged(pngOf(40, 30));
    const { mxc, ...about } = await rig.core.handlers.uploadPicture({ stagedId });
    expect(mxc).toMatch(/^mxc:\/\//);
    expect(about).toEqual({ contentType: "image/png", size, width: 40, height: 30 });
    expect(readdirSync(join(rig.platform.profileDir, "staged"))).toEqual([]);
  });

  it("that is none is refused", async () => {
    const { stagedId } = await staged(Buffer.from("<svg onload=alert(1)>"), "a.svg");
    await expect(rig.core.handlers.uploadPicture({ stagedId })).rejects.toThrow("not-a-picture");
    expect(server.wire.count("POST", UPLOAD)).toBe(0);
  });
});
