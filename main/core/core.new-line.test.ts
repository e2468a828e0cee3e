import { afterEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import { CoreRig, endAll, homeserverWith } from "./testing/core-rig.ts";

// Where what is new begins, through the whole core: also where that is further back than what is loaded.

let server: Homeserver;
afterEach(endAll);

it("names the last event read while it is not loaded, and stands there when history brings it", async () => {
  server = await homeserverWith("Ann", "Ben");
  const roomId = server.world.createRoom({ creator: "ann", members: ["ben"] }) as RoomId;
  const say = (body: string): EventId => server.world.sendMessage(roomId, "ben", body) as EventId;
  const read = say("the last one read");
  server.world.receipt(roomId, "ann", read);
  for (let i = 0; i < 150; i++) say(`wave ${i}`);
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const timeline = rig.watch("timeline", { roomId });
  await rig.core.handlers.visitRoom({ roomId });
  expect(timeline.value.newAfter).toBe(read);
  // It stays while the end is being read.
  const newest = server.world.events(roomId).at(-1)?.event_id as EventId;
  await rig.core.handlers.markRead({ roomId, eventId: newest });
  await rig.caughtUp("ann");
  expect(timeline.value.newAfter).toBe(read);
  for (let page = 0; page < 8 && timeline.value.newAfter !== null; page++)
    await rig.core.handlers.paginate({ roomId });
  expect(timeline.value.newAfter).toBeNull();
  const at = timeline.value.items.findIndex((item) => item.kind === "read-marker");
  const [before, after] = [timeline.value.items[at - 1], timeline.value.items[at + 1]];
  expect([before, after]).toMatchObject([{ eventId: read }, { kind: "message", body: { text: "wave 0" } }]);
  // The next visit finds nothing new.
  await rig.core.handlers.visitRoom({ roomId });
  expect(timeline.value).toMatchObject({ newAfter: null });
  expect(timeline.value.items.some((item) => item.kind === "read-marker")).toBe(false);
});
