import { expect, it } from "vitest";
import type { RoomId } from "../../preload/contract/ids.ts";
import { changesOf, type Changes } from "./changes.ts";
import { gatherChanges } from "./gather-changes.ts";

const room = (id: string): ReadonlySet<RoomId> => new Set([id as RoomId]);

function gathered() {
  const told: Changes[] = [];
  return { told, changes: gatherChanges((changes) => told.push(changes)) };
}

it("tells at once what happens alone", () => {
  const { told, changes } = gathered();
  changes.now(changesOf({ rooms: room("!a") }));
  changes.now(changesOf({ queues: room("!b") }));
  expect(told).toEqual([changesOf({ rooms: room("!a") }), changesOf({ queues: room("!b") })]);
});

it("tells once, and of everything, what happens together", () => {
  const { told, changes } = gathered();
  changes.together(() => {
    changes.now(changesOf({ rooms: room("!a"), timelines: room("!a") }));
    changes.now(changesOf({ rooms: room("!b"), queues: room("!a") }));
    expect(told).toEqual([]);
  });
  const rooms = new Set([...room("!a"), ...room("!b")]);
  expect(told).toEqual([changesOf({ rooms, timelines: room("!a"), queues: room("!a") })]);
});

it("tells what was committed before a step failed", () => {
  const { told, changes } = gathered();
  expect(() =>
    changes.together(() => {
      changes.now(changesOf({ rooms: room("!a") }));
      throw new Error("the disk");
    }),
  ).toThrow("the disk");
  expect(told).toEqual([changesOf({ rooms: room("!a") })]);
  changes.now(changesOf({ rooms: room("!b") }));
  expect(told).toHaveLength(2);
});
