import { describe, expect, it } from "vitest";
import type { EventId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import { FailureError } from "../failure.ts";
import { failure, Rig, roomA, us, type Put } from "./sending-rig.ts";

// Answers, edits, deletions and reactions, above all to messages that are not sent yet.

const started = (): Rig => {
  const rig = new Rig();
  rig.sending.start();
  return rig;
};
const text = (body: string) => ({ msgtype: "m.text", body }) as const;
const unsent = (transactionId: TransactionId): MessageTarget => ({ eventId: null, transactionId });
const event = (eventId: string): MessageTarget => ({ eventId: eventId as EventId, transactionId: null });
let made = 0;
const act = (target: MessageTarget) => ({
  ...{ roomId: roomA, target },
  transactionId: `act-number-${++made}` as TransactionId,
});
const relation = (put: Put | undefined): unknown => put?.content["m.relates_to"];
const last = (rig: Rig): Put => rig.puts.at(-1)!;

describe("an edit", () => {
  it("of a message not yet handed over rewrites it: one message goes out", async () => {
    const rig = new Rig();
    const [id] = rig.type(roomA, "tpyo");
    rig.sending.editMessage({ ...act(unsent(id!)), content: text("typo") });
    rig.sending.start();
    expect(rig.bodies()).toEqual(["typo"]);
    await last(rig).accept();
    expect(rig.states(roomA)).toEqual(["typo:sent"]);
  });

  it("of a message on the wire follows it, with its event id and a body for old clients", async () => {
    const rig = started();
    const [id] = rig.type(roomA, "one");
    rig.sending.editMessage({
      ...act(unsent(id!)),
      content: { ...text("two"), format: "org.matrix.custom.html", formatted_body: "<b>two</b>" },
    });
    expect(rig.bodies()).toEqual(["one"]);
    await rig.puts[0]!.accept("$one");
    expect(last(rig).content).toEqual({
      ...{ msgtype: "m.text", body: "* two", format: "org.matrix.custom.html" },
      ...{ formatted_body: "* <b>two</b>", "m.mentions": {} },
      "m.new_content": { ...text("two"), format: "org.matrix.custom.html", formatted_body: "<b>two</b>" },
      "m.relates_to": { rel_type: "m.replace", event_id: "$one" },
    });
  });

  it("tells only whom no earlier version mentioned, and names everybody within", async () => {
    const rig = started();
    const naming = (body: string, ...user_ids: string[]) => ({
      ...text(body),
      "m.mentions": { user_ids: user_ids as UserId[] },
    });
    const id = "transaction-names" as TransactionId;
    rig.sending.enqueue({ roomId: roomA, transactionId: id, content: naming("one", "@ben:x") });
    await rig.puts[0]!.accept("$one");
    await rig.echo(rig.puts[0]!, "$one");
    rig.sending.editMessage({ ...act(event("$one")), content: naming("two", "@ben:x", "@cy:x") });
    expect(last(rig).content).toMatchObject({
      "m.mentions": { user_ids: ["@cy:x"] },
      "m.new_content": { "m.mentions": { user_ids: ["@ben:x", "@cy:x"] } },
    });
    await last(rig).accept("$two");
    // Whether or not its echo has come.
    rig.sending.editMessage({ ...act(event("$one")), content: naming("three", "@cy:x", "@dee:x") });
    expect(last(rig).content["m.mentions"]).toEqual({ user_ids: ["@dee:x"] });
    await rig.echo(rig.puts[1]!, "$two");
    await last(rig).accept("$three");
    await rig.echo(rig.puts[2]!, "$three");
    const everybody = { ...text("four"), "m.mentions": { user_ids: ["@ben:x" as UserId], room: true } };
    rig.sending.editMessage({ ...act(event("$one")), content: everybody });
    expect(last(rig).content["m.mentions"]).toEqual({ room: true });
  });

  it("rewritten before it went out still tells whom it newly mentions", async () => {
    const rig = started();
    const [id] = rig.type(roomA, "one");
    rig.sending.editMessage({ ...act(unsent(id!)), content: text("two") });
    const mentions = { "m.mentions": { user_ids: ["@ben:x" as UserId] } };
    rig.sending.editMessage({ ...act(unsent(id!)), content: { ...text("three"), ...mentions } });
    await rig.puts[0]!.accept("$one");
    expect(last(rig).content).toMatchObject({ body: "* three", ...mentions });
  });

  it("of a caption keeps the file, in the edit and within it, and the last file where there were several", async () => {
    const rig = started();
    rig.attach(roomA, "pic");
    await rig.files[0]!.accept();
    const picture = rig.puts[0]!.content;
    await rig.puts[0]!.accept("$pic");
    await rig.echo(rig.puts[0]!, "$pic");
    rig.sending.editMessage({ ...act(event("$pic")), content: text("the hill"), isCaption: true });
    const better = { ...picture, body: "the hill" };
    expect(last(rig).content).toEqual({
      ...better,
      ...{ body: "* the hill", "m.mentions": {}, "m.new_content": better },
      "m.relates_to": { rel_type: "m.replace", event_id: "$pic" },
    });
    // Its words again, while it is on the wire: the file comes from the edit.
    rig.sending.editMessage({ ...act(event("$pic")), content: text("the lake"), isCaption: true });
    await last(rig).accept("$edit");
    expect(last(rig).content["m.new_content"]).toEqual({ ...picture, body: "the lake" });
  });

  it("of a caption, where the file is not known here or there is none, is refused: words take no file's place", async () => {
    const rig = started();
    const change = (target: MessageTarget) => () =>
      rig.sending.editMessage({ ...act(target), content: text("the hill"), isCaption: true });
    expect(change(event("$unknown"))).toThrow(FailureError);
    const [id] = rig.type(roomA, "words");
    expect(change(unsent(id!))).toThrow(FailureError);
    await rig.puts[0]!.accept();
    expect(rig.bodies()).toEqual(["words"]);
  });

  it("of what is not known here rings nobody a second time", () => {
    const rig = started();
    const mentions = { "m.mentions": { user_ids: ["@ben:x" as UserId] } };
    rig.sending.editMessage({ ...act(event("$far")), content: { ...text("two"), ...mentions } });
    expect(last(rig).content).toMatchObject({ "m.mentions": {}, "m.new_content": mentions });
  });

  it("again, before the first edit went out, leaves one edit with the last words", async () => {
    const rig = started();
    const [id] = rig.type(roomA, "one");
    rig.sending.editMessage({ ...act(unsent(id!)), content: text("two") });
    rig.sending.editMessage({ ...act(unsent(id!)), content: text("three") });
    await rig.puts[0]!.accept("$one");
    await last(rig).accept("$edit");
    expect(rig.bodies()).toEqual(["one", "* three"]);
  });

  it("repeated by the renderer after a dropped connection is the same edit", async () => {
    const rig = started();
    const edit = { ...act(event("$old")), content: text("new") };
    rig.sending.editMessage(edit);
    rig.sending.editMessage(edit);
    await last(rig).accept("$edit");
    rig.sending.editMessage(edit);
    expect(rig.bodies()).toEqual(["* new"]);
  });

  it("of an unsent answer leaves it an answer", () => {
    const rig = new Rig();
    const reply = act(event("$question"));
    rig.sending.reply({ ...reply, content: text("yse") });
    rig.sending.editMessage({ ...act(unsent(reply.transactionId)), content: text("yes") });
    rig.sending.start();
    expect(last(rig).content).toMatchObject({
      body: "yes",
      "m.relates_to": { "m.in_reply_to": { event_id: "$question" } },
    });
  });

  it("sends a refused message again, with its new words", async () => {
    const rig = started();
    const [id] = rig.type(roomA, "too much");
    await rig.puts[0]!.fail(failure("rejected"));
    rig.sending.editMessage({ ...act(unsent(id!)), content: text("less") });
    expect(rig.bodies()).toEqual(["too much", "less"]);
  });
});

describe("a deletion", () => {
  it("of a message not yet handed over deletes it and what was said of it; an answer keeps its words", async () => {
    const rig = new Rig();
    const [id] = rig.type(roomA, "oops");
    rig.sending.react({ ...act(unsent(id!)), key: "👍" });
    rig.sending.reply({ ...act(unsent(id!)), content: text("answer") });
    rig.sending.redact({ ...act(unsent(id!)), reason: null });
    rig.sending.start();
    await last(rig).accept();
    expect(rig.puts.map(({ content }) => content)).toEqual([{ ...text("answer"), "m.mentions": {} }]);
  });

  it("of a message on the wire follows it, and takes along what was still to be said of it", async () => {
    const rig = started();
    const [id] = rig.type(roomA, "one");
    rig.sending.react({ ...act(unsent(id!)), key: "👍" });
    rig.sending.redact({ ...act(unsent(id!)), reason: "wrong room" });
    await rig.puts[0]!.accept("$one");
    expect(last(rig)).toMatchObject({
      eventType: "m.room.redaction",
      content: { redacts: "$one", reason: "wrong room" },
    });
    await last(rig).accept("$redaction");
    expect(rig.puts).toHaveLength(2);
  });

  it("asked for twice is one; where it was refused, the second tries again", async () => {
    const rig = started();
    rig.sending.redact({ ...act(event("$x")), reason: null });
    rig.sending.redact({ ...act(event("$x")), reason: null });
    expect(rig.puts).toHaveLength(1);
    await last(rig).fail(failure("rejected"));
    rig.sending.redact({ ...act(event("$x")), reason: null });
    expect(rig.puts).toHaveLength(2);
    expect(last(rig).transactionId).toBe(rig.puts[0]!.transactionId);
  });
});

describe("a reaction", () => {
  it("to an unsent message waits for its event id, also over a restart", async () => {
    const before = new Rig();
    const [id] = before.type(roomA, "one");
    before.sending.react({ ...act(unsent(id!)), key: "🎉" });
    const rig = before.restarted();
    rig.sending.start();
    await rig.puts[0]!.accept("$one");
    expect(relation(last(rig))).toEqual({ rel_type: "m.annotation", event_id: "$one", key: "🎉" });
  });

  it("with a picture takes its name along, which servers refuse where it is long", async () => {
    const before = new Rig();
    const [id] = before.type(roomA, "one");
    const key = "mxc://dunlin.test/cat";
    before.sending.react({ ...act(unsent(id!)), key, shortcode: "cat" });
    before.sending.react({ ...act(unsent(id!)), key: `${key}-2`, shortcode: "é".repeat(50) });
    before.sending.react({ ...act(unsent(id!)), key: "🎉", shortcode: "tada" });
    const rig = before.restarted();
    rig.sending.start();
    await rig.puts[0]!.accept("$one");
    for (const _ of [1, 2]) await last(rig).accept();
    const annotation = { rel_type: "m.annotation", event_id: "$one" };
    expect(rig.puts.slice(1).map(({ content }) => content)).toEqual([
      { "m.relates_to": { ...annotation, key }, shortcode: ":cat:" },
      { "m.relates_to": { ...annotation, key: `${key}-2` } },
      { "m.relates_to": { ...annotation, key: "🎉" } },
    ]);
  });

  it("learns the event id from the echo where the answer is lost", async () => {
    const rig = started();
    const [id] = rig.type(roomA, "one");
    rig.sending.react({ ...act(unsent(id!)), key: "🎉" });
    await rig.echo(rig.puts[0]!, "$one");
    await rig.puts[0]!.fail(failure("timeout"));
    await rig.clock.advance(0);
    expect(relation(last(rig))).toMatchObject({ event_id: "$one" });
  });

  it("waits with a refused message and goes when that goes; other messages pass", async () => {
    const rig = started();
    const [id] = rig.type(roomA, "one");
    rig.sending.react({ ...act(unsent(id!)), key: "🎉" });
    rig.type(roomA, "two");
    await rig.puts[0]!.fail(failure("rejected"));
    expect(rig.bodies()).toEqual(["one", "two"]);
    expect(rig.states(roomA)).toEqual(["one:unsent rejected", "undefined:unsent behind", "two:sending"]);
    // One more, to the message that is parked already.
    rig.sending.react({ ...act(unsent(id!)), key: "👍" });
    await rig.puts[1]!.accept();
    expect(rig.puts).toHaveLength(2);
    rig.sending.retry({ roomId: roomA, transactionId: id! });
    await last(rig).accept("$one");
    await last(rig).accept("$r1");
    await last(rig).accept("$r2");
    expect(rig.puts.slice(3).map((put) => relation(put))).toEqual([
      { rel_type: "m.annotation", event_id: "$one", key: "🎉" },
      { rel_type: "m.annotation", event_id: "$one", key: "👍" },
    ]);
  });

  it("retried by itself takes its message along", async () => {
    const rig = started();
    const [id] = rig.type(roomA, "one");
    const reaction = { ...act(unsent(id!)), key: "🎉" };
    rig.sending.react(reaction);
    await rig.puts[0]!.fail(failure("rejected"));
    rig.sending.retry({ roomId: roomA, transactionId: reaction.transactionId });
    expect(rig.bodies()).toEqual(["one", "one"]);
    await last(rig).accept("$one");
    expect(relation(last(rig))).toMatchObject({ event_id: "$one" });
  });

  it("waits with its message when that is only behind another", async () => {
    const rig = started();
    const [first] = rig.type(roomA, "stuck");
    const [second] = rig.type(roomA, "two");
    rig.sending.react({ ...act(unsent(second!)), key: "👍" });
    await rig.puts[0]!.fail(failure("bug"));
    expect(rig.states(roomA)).toEqual([
      "stuck:unsent gave-up",
      "two:unsent behind",
      "undefined:unsent behind",
    ]);
    rig.sending.retry({ roomId: roomA, transactionId: first! });
    await last(rig).accept("$first");
    await last(rig).accept("$two");
    expect(relation(last(rig))).toMatchObject({ event_id: "$two", key: "👍" });
  });

  it("twice with one key is one, taken back before it went out is none", async () => {
    const rig = new Rig();
    const [id] = rig.type(roomA, "one");
    rig.sending.react({ ...act(unsent(id!)), key: "👍" });
    rig.sending.react({ ...act(unsent(id!)), key: "👍" });
    rig.sending.react({ ...act(unsent(id!)), key: "🎉" });
    rig.sending.unreact({ ...act(unsent(id!)), key: "👍" });
    rig.sending.start();
    await last(rig).accept("$one");
    await last(rig).accept("$r");
    expect(rig.puts.slice(1).map((put) => relation(put))).toEqual([
      { rel_type: "m.annotation", event_id: "$one", key: "🎉" },
    ]);
  });

  it("taken back while it is on the wire is deleted after it; and may come again", async () => {
    const rig = started();
    rig.sending.react({ ...act(event("$m")), key: "👍" });
    rig.sending.unreact({ ...act(event("$m")), key: "👍" });
    await rig.puts[0]!.accept("$r1");
    expect(last(rig)).toMatchObject({ eventType: "m.room.redaction", content: { redacts: "$r1" } });
    rig.sending.react({ ...act(event("$m")), key: "👍" });
    await last(rig).accept("$gone");
    expect(relation(last(rig))).toEqual({ rel_type: "m.annotation", event_id: "$m", key: "👍" });
    expect(rig.puts).toHaveLength(3);
  });

  it("of ours that came by sync is taken back, and a change of mind before that went out undoes it", async () => {
    const rig = started();
    rig.sending.react({ ...act(event("$m")), key: "👍" });
    await rig.puts[0]!.accept("$r1");
    await rig.echo(rig.puts[0]!, "$r1");
    expect(rig.sending.rows(roomA)).toEqual([]);
    await rig.sending.stop();
    rig.sending.unreact({ ...act(event("$m")), key: "👍" });
    rig.sending.react({ ...act(event("$m")), key: "👍" });
    expect(rig.sending.rows(roomA)).toEqual([]);
    rig.sending.unreact({ ...act(event("$m")), key: "👍" });
    rig.sending.start();
    expect(last(rig)).toMatchObject({ eventType: "m.room.redaction", content: { redacts: "$r1" } });
  });
});

it("the outbox says what each of them is about", () => {
  const rig = new Rig();
  rig.sending.react({ ...act(event("$m")), key: "👍" });
  rig.sending.editMessage({ ...act(event("$m")), content: text("new words") });
  rig.sending.redact({ ...act(event("$other")), reason: "spam" });
  expect(rig.sending.outbox().map((entry) => entry.text)).toEqual(["👍", "new words", "spam"]);
});

describe("an answer", () => {
  it("to an unsent message names its event, and tells nobody but who is answered", async () => {
    const rig = started();
    const [id] = rig.type(roomA, "one");
    rig.sending.reply({ ...act(unsent(id!)), content: text("and") });
    await rig.puts[0]!.accept("$one");
    expect(last(rig).content).toEqual({
      ...text("and"),
      "m.mentions": {},
      "m.relates_to": { "m.in_reply_to": { event_id: "$one" } },
    });
  });

  it("to what is not here any more is refused, and the composer keeps the words", () => {
    const rig = started();
    const reply = { ...act(unsent("nothing-like-it" as TransactionId)), content: text("words") };
    expect(() => rig.sending.reply(reply)).toThrow(FailureError);
    expect(rig.sending.rows(roomA)).toEqual([]);
    expect(rig.session?.userId).toBe(us);
  });

  it("may be given to a message whose row has left for its echo", async () => {
    const rig = started();
    const [id] = rig.type(roomA, "one");
    await rig.puts[0]!.accept("$one");
    await rig.echo(rig.puts[0]!, "$one");
    rig.sending.reply({ ...act(unsent(id!)), content: text("and") });
    expect(relation(last(rig))).toEqual({ "m.in_reply_to": { event_id: "$one" } });
  });
});
