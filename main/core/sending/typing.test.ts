import { expect, it } from "vitest";
import { manualClock } from "../fake-platform.ts";
import { roomA, roomB } from "./sending-rig.ts";
import { createTyping } from "./typing.ts";

function situation() {
  const clock = manualClock();
  const sent: string[] = [];
  const ends: { readonly answer: () => void; readonly fail: () => void }[] = [];
  const typing = createTyping({
    clock,
    put: ({ roomId, isTyping }) =>
      new Promise((resolve, reject) => {
        sent.push(`${roomId === roomA ? "a" : "b"} ${isTyping ? "typing" : "stopped"}`);
        ends.push({ answer: () => resolve(null), fail: () => reject(new Error("lost")) });
      }),
  });
  const answer = async (): Promise<void> => {
    ends.shift()!.answer();
    await clock.advance(0);
  };
  return { clock, sent, ends, typing, answer };
}

it("tells once that somebody types, however many keys are pressed, and again before others forget", async () => {
  const { clock, sent, typing, answer } = situation();
  typing.set(roomA, true);
  await answer();
  for (let i = 0; i < 19; i++) {
    await clock.advance(1000);
    typing.set(roomA, true);
  }
  expect(sent).toEqual(["a typing"]);
  await clock.advance(1000);
  typing.set(roomA, true);
  expect(sent).toEqual(["a typing", "a typing"]);
});

it("does not let 'stopped' overtake 'typing'", async () => {
  const { sent, typing, answer } = situation();
  typing.set(roomA, true);
  typing.set(roomA, false);
  typing.set(roomB, true);
  expect(sent).toEqual(["a typing", "b typing"]);
  await answer();
  expect(sent).toEqual(["a typing", "b typing", "a stopped"]);
});

it("never tries again when a notice is lost", async () => {
  const { clock, sent, ends, typing } = situation();
  typing.set(roomA, true);
  ends.shift()!.fail();
  await clock.advance(60_000);
  expect(sent).toEqual(["a typing"]);
});

it("does not tell that somebody stopped who never typed", () => {
  const { sent, typing } = situation();
  typing.set(roomA, false);
  expect(sent).toEqual([]);
});
