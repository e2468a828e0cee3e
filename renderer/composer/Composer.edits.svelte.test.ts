import { flushSync } from "svelte";
import { expect, test, vi } from "vitest";
import type { EventId, TransactionId } from "../../preload/contract/ids.ts";
import { FakeCore } from "../timeline/testing/fake-core.ts";
import { echo, message, own } from "../timeline/testing/items.ts";
import { composerStage, harbour } from "./testing/composer-stage.svelte.ts";

// Editing and answering in the composer, and what becomes of it when the message meant goes.

const stage = composerStage(() => new FakeCore());
const { show, field, type, press, answered, bodies } = stage;

const unsent = echo("transaction-1", "waves", { state: "unsent", reason: { code: "behind" } });

test("the arrow up in an empty field edits the last unsent message, and sends it again", async () => {
  stage.core.items.set(harbour, [{ ...unsent, body: { type: "emote", text: "waves", html: null } }]);
  show();
  press("ArrowUp");
  expect(field().value).toBe("/me waves");
  type(" twice");
  press("Enter");
  press("Enter");
  expect(stage.core.of("editSend").map((one) => one.params)).toEqual([
    {
      roomId: harbour,
      transactionId: "transaction-1",
      content: { msgtype: "m.emote", body: "waves twice", "m.mentions": {} },
    },
  ]);
  stage.core.of("editSend")[0]?.answer({ isEdited: true });
  await answered();
  expect(field().value).toBe("");
  expect(stage.core.of("retrySend")).toHaveLength(1);
  expect(stage.core.of("sendMessage")).toHaveLength(0);
});

test("Escape leaves editing and gives back what was being written", () => {
  stage.core.items.set(harbour, [unsent]);
  show();
  press("ArrowUp");
  type(" more");
  press("Escape");
  expect(field().value).toBe("");
  type("mine");
  press("ArrowUp");
  expect(field().value).toBe("mine");
});

test("too late to edit: it says so and keeps the words", async () => {
  stage.core.items.set(harbour, [unsent]);
  show();
  press("ArrowUp");
  press("Enter");
  stage.core.of("editSend")[0]?.answer({ isEdited: false });
  await answered();
  expect(field().value).toBe("waves");
  expect(document.querySelector("[role=alert]")?.textContent).toMatch(/already left/);
});

const quoted = (): string => document.querySelector(".quoted")?.textContent ?? "";
const notice = (): string => document.querySelector("p[role=status]")?.textContent ?? "";

test("the words of a message deleted while it is answered leave the bar, and what was typed stays", () => {
  show();
  stage.host.composer?.reply(message("$1"));
  flushSync();
  type("my answer");
  expect(quoted()).toBe("text of $1");
  stage.core.changeQuote(harbour, { eventId: "$1" as EventId, state: "redacted", text: "" });
  flushSync();
  expect(quoted()).toBe("Message deleted");
  expect(field().value).toBe("my answer");
  press("Enter");
  expect(stage.core.of("sendMessage")[0]?.params["replyTo"]).toEqual({ eventId: "$1", transactionId: null });
});

test("an unsent message deleted while it is answered leaves an answer to nothing, and says so", () => {
  show();
  stage.host.composer?.reply(echo("waits", "not sent", { state: "queued", since: 0 }));
  flushSync();
  type("my answer");
  stage.core.changeQuote(harbour, { transactionId: "waits" as TransactionId, state: "redacted" });
  flushSync();
  expect(document.querySelector("[data-replying-to]")).toBeNull();
  expect(notice()).toContain("deleted before it was sent");
  press("Enter");
  expect(stage.core.of("sendMessage")[0]?.params["replyTo"]).toBeUndefined();
  expect(bodies()).toEqual(["my answer"]);
});

test("a message deleted while it is edited ends the edit; changed words stay as a draft beside what was there", () => {
  show();
  type("a draft");
  stage.host.composer?.edit(own("$1"));
  flushSync();
  field().value = "";
  type("changed words");
  stage.core.changeQuote(harbour, { eventId: "$1" as EventId, state: "redacted" });
  flushSync();
  expect(field().value).toBe("a draft\nchanged words");
  expect(notice()).toContain("What you wrote stays");
  vi.advanceTimersByTime(1000);
  expect(stage.core.of("saveDraft").at(-1)?.params["draft"]).toEqual({ body: "a draft\nchanged words" });
  press("Enter");
  expect(stage.core.of("editMessage")).toEqual([]);
  expect(bodies()).toEqual(["a draft\nchanged words"]);
});

test("words that were not changed do not come back from a deleted message", () => {
  show();
  type("a draft");
  stage.host.composer?.edit(own("$1"));
  flushSync();
  stage.core.changeQuote(harbour, { eventId: "$1" as EventId, state: "redacted" });
  flushSync();
  expect(field().value).toBe("a draft");
  expect(notice()).toBe("The message you were editing was deleted.");
});

test("changed words wait for their message while another is edited or answered; Escape lets them go", async () => {
  show();
  type("a draft");
  const edit = (id: string): void => {
    stage.host.composer?.edit(own(id));
    flushSync();
  };
  edit("$1");
  const first = field().value;
  type(" and more");
  edit("$2");
  expect(field().value).not.toContain("and more");
  type(" second");
  stage.host.composer?.reply(message("$3"));
  flushSync();
  expect(field().value).toBe("a draft");
  edit("$1");
  expect(field().value).toBe(`${first} and more`);
  // Asked for twice it is the same edit.
  edit("$1");
  expect(field().value).toBe(`${first} and more`);
  press("Enter");
  // Another one is taken up before it is on disk.
  edit("$2");
  expect(field().value).toMatch(/ second$/);
  stage.core.of("editMessage")[0]?.answer({ queuedAt: 5 });
  await answered();
  edit("$1");
  expect(field().value).toBe(first);
  edit("$2");
  press("Escape");
  expect(field().value).toBe("a draft");
  edit("$2");
  expect(field().value).not.toContain("second");
});

test("an edit that takes the place of an unsent message is no deletion of it", async () => {
  show();
  stage.host.composer?.edit(
    echo("waits", "not sent", { state: "unsent", reason: { code: "waited-too-long" } }),
  );
  flushSync();
  type(" yet");
  press("Enter");
  // The row stands under a new transaction id before the answer is here.
  stage.core.changeQuote(harbour, { transactionId: "waits" as TransactionId, state: "redacted" });
  flushSync();
  stage.core.of("editSend")[0]?.answer({ isEdited: true });
  await answered();
  expect([field().value, notice()]).toEqual(["", ""]);
});

test("an edit that came too late, of a message deleted meanwhile, loses nothing", async () => {
  show();
  stage.host.composer?.edit(
    echo("waits", "not sent", { state: "unsent", reason: { code: "waited-too-long" } }),
  );
  flushSync();
  type(" yet");
  press("Enter");
  stage.core.changeQuote(harbour, { transactionId: "waits" as TransactionId, state: "redacted" });
  flushSync();
  stage.core.of("editSend")[0]?.answer({ isEdited: false });
  await answered();
  expect(field().value).toBe("not sent yet");
  expect(notice()).toContain("What you wrote stays");
});

const picture = (text: string) => {
  const media = {
    ...{ name: "hill.png", size: 9, mimetype: "image/png", file: "media/x/y", thumbnail: null },
    ...{ width: 4, height: 3, durationMs: null, blurhash: null, waveform: null },
  };
  return { ...own("$picture"), body: { type: "image", text, media } as const };
};

test("the caption of a picture is edited as such; the name that stands for none is not put into the field", async () => {
  show();
  stage.host.composer?.edit(picture("hill.png"));
  flushSync();
  expect(field().value).toBe("");
  expect(document.querySelector(".about")?.textContent).toContain("Editing a caption");
  type("The hill");
  press("Enter");
  await answered();
  expect(stage.core.of("editMessage")[0]?.params).toMatchObject({
    content: { msgtype: "m.text", body: "The hill" },
    isCaption: true,
  });
});

test("a caption that is emptied leaves the name of the file", async () => {
  show();
  stage.host.composer?.edit(picture("The hill"));
  flushSync();
  expect(field().value).toBe("The hill");
  field().value = "";
  type("");
  press("Enter");
  await answered();
  expect(stage.core.of("editMessage")[0]?.params).toMatchObject({
    content: { body: "hill.png" },
    isCaption: true,
  });
});
