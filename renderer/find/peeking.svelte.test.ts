import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FoundRoom, PeekedMessage, PeekedPage } from "../../preload/contract/models/directory.ts";
import { RequestFailed } from "../bridge/request-failed.ts";
import { Peeking } from "./peeking.svelte.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const message = (id: string, text = id): PeekedMessage =>
  ({ ...{ eventId: id, senderId: "@ben:x", senderName: "Ben" }, ts: 0, kind: "text", text }) as PeekedMessage;
const page = (more: Partial<PeekedPage>): PeekedPage => ({
  ...{ messages: [], changes: [], older: null, newer: "n" },
  ...more,
});

/** Answers are pages or errors, in order; the last one stays. */
async function looking(...answers: (PeekedPage | Error)[]) {
  const asked: { from: string | null; isForward: boolean }[] = [];
  const ask = vi.fn((_method: string, params: (typeof asked)[number]) => {
    asked.push(params);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  const room = { roomId: "!r:x", via: [] } as unknown as FoundRoom;
  const peeking = new Peeking({ ask } as never, room);
  await peeking.load(null);
  return { peeking, asked, texts: () => peeking.messages.map(({ text }) => text) };
}
const refused = new RequestFailed({ kind: "rejected", message: "", errcode: "M_FORBIDDEN" });

test("what comes is put behind, an edit counts by its sender alone, what is deleted goes; nobody is asked after the end", async () => {
  const { peeking, asked, texts } = await looking(
    page({ messages: [message("a"), message("b")], newer: "1" }),
    page({
      messages: [message("b"), message("c")],
      changes: [
        { eventId: "a", senderId: "@ben:x", said: { kind: "text", text: "A" } },
        { eventId: "c", senderId: "@mallory:x", said: { kind: "text", text: "lies" } },
        { eventId: "b", senderId: "@ben:x", said: null },
      ] as unknown as PeekedPage["changes"],
      newer: "2",
    }),
    page({ newer: "2" }),
  );
  const stop = peeking.follow();
  await vi.advanceTimersByTimeAsync(3_000);
  expect([texts(), peeking.arrived]).toEqual([["A", "c"], 1]);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(asked.map(({ from }) => from)).toEqual([null, "1", "2"]);
  stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toHaveLength(3);
});

test("a server that fails is asked more and more seldom, and one that refuses no more", async () => {
  const trouble = new RequestFailed({ kind: "unavailable", message: "" });
  const { peeking, asked } = await looking(page({}), trouble, trouble, refused);
  peeking.follow();
  await vi.advanceTimersByTimeAsync(3_000 + 6_000);
  expect([asked.length, peeking.failure]).toEqual([3, null]);
  await vi.advanceTimersByTimeAsync(12_000);
  expect(peeking.failure).toMatchObject({ errcode: "M_FORBIDDEN" });
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toHaveLength(4);
});
