import { beforeEach, describe, expect, it } from "vitest";
import { failure, Rig, roomA, roomB } from "./sending-rig.ts";
import { withWords } from "./uploads.ts";

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
  rig.sending.start();
});
const roles = () => rig.files.map(({ stagedId }) => String(stagedId));
const stateOf = (at: number) => rig.sending.rows(roomA)[at]?.send;

describe("a message with a file", () => {
  it("goes after its file and its thumbnail, names both, and holds its place among texts", async () => {
    rig.attach(roomA, "pic", "small");
    rig.type(roomA, "after");
    expect(roles()).toEqual(["staged-pic"]);
    expect(rig.puts).toEqual([]);
    await rig.files[0]!.accept();
    expect(roles()).toEqual(["staged-pic", "staged-small"]);
    expect(rig.puts).toEqual([]);
    await rig.files[1]!.accept();
    expect(rig.bodies()).toEqual(["pic"]);
    expect(rig.puts[0]!.content).toEqual({
      msgtype: "m.image",
      body: "pic",
      filename: "a.png",
      url: "mxc://dunlin.test/staged-pic",
      info: { w: 1, thumbnail_url: "mxc://dunlin.test/staged-small" },
    });
    await rig.puts[0]!.accept();
    expect(rig.bodies()).toEqual(["pic", "after"]);
  });

  it("is shown from this disk, with how much of it has left", async () => {
    rig.attach(roomA, "pic", "small");
    expect(rig.sending.rows(roomA)[0]?.staged).toEqual({ file: "staged-pic", thumbnail: "staged-small" });
    expect(stateOf(0)).toMatchObject({ state: "sending", progress: 0 });
    await rig.files[0]!.progress(0.4);
    expect(stateOf(0)).toMatchObject({ state: "sending", progress: 0.4 });
    await rig.files[0]!.accept();
    // The ring does not begin anew with the thumbnail.
    await rig.files[1]!.progress(0.1);
    expect(stateOf(0)).toMatchObject({ state: "sending", progress: 1 });
  });

  it("holds up no other room, however many files are on their way", async () => {
    const rooms = ["!1:x", "!2:x", "!3:x", "!4:x", "!5:x"] as (typeof roomA)[];
    rooms.forEach((roomId) => rig.attach(roomId, `pic ${roomId}`));
    rig.type(roomB, "text");
    expect(rig.files).toHaveLength(5);
    expect(rig.bodies()).toEqual(["text"]);
    await rig.puts[0]!.accept();
  });

  it("killed after its file was taken does not bring it again", async () => {
    rig.attach(roomA, "pic", "small");
    await rig.files[0]!.accept();
    rig = rig.restarted();
    rig.sending.start();
    expect(roles()).toEqual(["staged-small"]);
    await rig.files[0]!.accept();
    expect(rig.puts[0]!.content).toMatchObject({ url: "mxc://dunlin.test/staged-pic" });
  });

  it("killed while its file is on the way brings it again, and is sent once", async () => {
    rig.attach(roomA, "pic");
    rig = rig.restarted();
    rig.sending.start();
    expect(roles()).toEqual(["staged-pic"]);
    await rig.files[0]!.accept();
    expect(rig.bodies()).toEqual(["pic"]);
  });

  it("deleted while its file is on the way breaks that off, and lets the next one go", async () => {
    const transactionId = rig.attach(roomA, "pic");
    rig.type(roomA, "after");
    expect(rig.sending.remove({ roomId: roomA, transactionId })).toEqual({ isDeleted: true });
    expect(rig.files[0]!.isAborted()).toBe(true);
    await rig.clock.advance(0);
    expect(rig.bodies()).toEqual(["after"]);
    expect(rig.left).toBeGreaterThan(0);
  });

  it("deleted between its file and its event never goes", async () => {
    const transactionId = rig.attach(roomA, "pic", "small");
    await rig.files[0]!.accept();
    expect(rig.sending.remove({ roomId: roomA, transactionId }).isDeleted).toBe(true);
    await rig.files[1]!.accept();
    expect(rig.puts).toEqual([]);
    expect(rig.states(roomA)).toEqual([]);
  });

  it("whose caption is changed while its file is on the way goes with both", async () => {
    const transactionId = rig.attach(roomA, "pic");
    const content = { msgtype: "m.text", body: "better" } as const;
    expect(rig.sending.edit({ roomId: roomA, transactionId, content })).toEqual({ isEdited: true });
    await rig.files[0]!.accept();
    expect(rig.puts[0]!.content).toMatchObject({
      msgtype: "m.image",
      body: "better",
      url: "mxc://dunlin.test/staged-pic",
    });
  });

  it("whose file is refused waits for the user, and the next one goes", async () => {
    rig.attach(roomA, "pic");
    rig.type(roomA, "after");
    await rig.files[0]!.fail(failure("rejected", { errcode: "M_TOO_LARGE" }));
    expect(rig.bodies()).toEqual(["after"]);
    expect(rig.states(roomA)).toEqual(["pic:unsent rejected", "after:sending"]);
  });

  it("whose file the server does not take for five minutes waits, and everything behind it; Retry sends all", async () => {
    const transactionId = rig.attach(roomA, "pic");
    rig.type(roomA, "after");
    for (let i = 0; rig.states(roomA)[0]?.startsWith("pic:unsent") !== true && i < 100; i++) {
      await rig.files.at(-1)!.fail(failure("unavailable"));
      await rig.clock.advance(60_000);
    }
    expect(rig.states(roomA)).toEqual(["pic:unsent gave-up", "after:unsent behind"]);
    const before = rig.files.length;
    rig.sending.retry({ roomId: roomA, transactionId });
    expect(rig.files).toHaveLength(before + 1);
    await rig.files.at(-1)!.accept();
    await rig.puts[0]!.accept();
    expect(rig.bodies()).toEqual(["pic", "after"]);
  });

  it("that has moved lately is not broken off when the network is said to be back; one that stands still is", async () => {
    rig.attach(roomA, "pic");
    await rig.clock.advance(10_000);
    await rig.files[0]!.progress(0.5);
    rig.sending.wake("network");
    expect(rig.files[0]!.isAborted()).toBe(false);
    await rig.clock.advance(10_000);
    rig.sending.wake("network");
    expect(rig.files[0]!.isAborted()).toBe(true);
    await rig.clock.advance(0);
    expect(rig.files).toHaveLength(2);
  });

  it("under a limit of the server waits exactly as long as that says", async () => {
    rig.attach(roomA, "pic");
    await rig.files[0]!.fail(failure("limited", { retryAfterMs: 7_000 }));
    await rig.clock.advance(6_999);
    expect(rig.files).toHaveLength(1);
    await rig.clock.advance(1);
    expect(rig.files).toHaveLength(2);
  });
});

it("new words of a text replace it, those of a file are its caption", () => {
  const words = {
    msgtype: "m.text",
    body: "b",
    format: "org.matrix.custom.html",
    formatted_body: "<b>b</b>",
  };
  expect(withWords({ msgtype: "m.text", body: "a" }, words)).toEqual(words);
  expect(withWords(null, words)).toEqual(words);
  const file = { msgtype: "m.file", filename: "f", url: "mxc://x/y", body: "a", formatted_body: "<i>a</i>" };
  expect(withWords(file, { msgtype: "m.text", body: "b" })).toEqual({
    ...{ msgtype: "m.file", filename: "f", url: "mxc://x/y", body: "b" },
  });
  // Without a caption the body was the name: it stays the name.
  expect(withWords({ msgtype: "m.image", body: "a.png", url: "mxc://x/y" }, words)).toEqual({
    ...{ msgtype: "m.image", filename: "a.png", url: "mxc://x/y", body: "b" },
    ...{ format: "org.matrix.custom.html", formatted_body: "<b>b</b>" },
  });
});
