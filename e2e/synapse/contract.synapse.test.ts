// The same contract our own homeserver is held to: what it claims about Matrix cannot drift from a real server.
import { afterAll, beforeAll, expect, test } from "vitest";
import { homeserverContract } from "../homeserver/contract.test-suite.ts";
import { fillRoom, makeRoom, makeUsers, sendText } from "./seed.ts";
import { startSynapse, type Synapse } from "./start.ts";

let synapse: Synapse;
beforeAll(async () => {
  synapse = await startSynapse();
});
afterAll(() => synapse.stop());

homeserverContract({
  baseUrl: () => synapse.baseUrl,
  makeUser: (localpart) => synapse.registerUser(localpart, "sea-pink-7"),
});

test("history filled with renames has every name as it was at the time", async () => {
  const [ann, ben] = await makeUsers(synapse.baseUrl, 2, "renamed");
  const roomId = await makeRoom(synapse.baseUrl, ann!, { name: "Names", members: [ben!] });
  const senders = [ann!, ben!];
  const filled = await fillRoom(synapse.baseUrl, {
    roomId,
    senders,
    count: 8,
    renames: [{ at: 3, sender: 1, displayName: "Benedict" }],
  });
  expect(filled.map(({ displayName }) => displayName)).toEqual([
    ...Array.from({ length: 3 }, () => undefined),
    ...["Benedict", undefined, "Benedict", undefined, "Benedict"],
  ]);
  expect(new Set(filled.map(({ eventId }) => eventId)).size).toBe(8);
});

// Only a server of our own can be ended.
test.runIf(process.env["SYNAPSE_URL"] === undefined)(
  "what Synapse accepted survives its SIGKILL",
  async () => {
    const [ann] = await makeUsers(synapse.baseUrl, 1, "survivor");
    const roomId = await makeRoom(synapse.baseUrl, ann!, { name: "Crash" });
    const eventId = await sendText(synapse.baseUrl, ann!, roomId, "before the crash", "once");
    await synapse.kill();
    await synapse.restart();
    // The same transaction id is answered with the same event: nothing was sent twice, nothing was lost.
    expect(await sendText(synapse.baseUrl, ann!, roomId, "before the crash", "once")).toBe(eventId);
  },
);
