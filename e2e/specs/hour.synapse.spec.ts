import type { RoomId, UserId } from "../../preload/contract/ids.ts";
import { acts, type Act } from "../hour/acts.ts";
import { allTheSame, sameBytes, sameMarks, type Everybody } from "../hour/compare.ts";
import { Files } from "../hour/files.ts";
import { killedWhileUploading } from "../hour/kill.ts";
import { actInOurs } from "../hour/ours-acts.ts";
import { OurClient, type Rooms } from "../hour/ours.ts";
import { everybodyReads } from "../hour/receipts.ts";
import { actInSdk } from "../hour/sdk-acts.ts";
import { Chance } from "../hour/seeded.ts";
import { startReader, type Reader } from "../js-sdk/reader.ts";
import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import { expect, test } from "../launch/fixtures.ts";
import { startFaultyProxy } from "../synapse/faulty-proxy.ts";
import type { SynapseUser } from "../synapse/register.ts";
import { request } from "../synapse/request.ts";
import { makeRoom } from "../synapse/seed.ts";
import { startSynapse, type Synapse } from "../synapse/start.ts";

// An hour of a room, in short: two clients of ours, one of matrix-js-sdk, a real Synapse. They do everything one can do
// with messages (e2e/hour/acts.ts) at random, ours through a proxy that fails, and ours are killed in between, also in the
// middle of an upload. At the end all three have, event by event, what the server's own list comes to by the rules of the
// specification: words, files to the last byte, answers, threads, reactions, votes, pins, and everybody's in the order
// they were sent. `DUNLIN_HOUR_ACTIONS=2000` is the whole hour.

const ACTIONS = Number(process.env["DUNLIN_HOUR_ACTIONS"] ?? 80);
/** Ms. */
const CATCH_UP = 120_000 + ACTIONS * 300;
const KILL_EVERY = Math.max(25, Math.floor(ACTIONS / 20));

const executablePath = chromiumPath();
test.use({
  launchOptions: {
    args: [...chromiumFlags, ...callFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  },
});

test("two of ours and one of matrix-js-sdk see the same after an hour of everything, through faults and kills", async ({
  page,
}) => {
  // Both rooms may have to be waited for.
  test.setTimeout(120_000 + ACTIONS * 3_000 + 2 * CATCH_UP);
  const seed = Number(process.env["DUNLIN_HOUR_SEED"] ?? Date.now() % 1_000_000);
  console.log(`hour: ${ACTIONS} actions, seed ${seed}`);
  const chance = new Chance(seed);
  const files = await Files.record(page);
  const synapse = await startSynapse();
  const proxy = await startFaultyProxy(synapse.baseUrl, chance.next);
  const ours: OurClient[] = [];
  let reader: Reader | undefined;
  try {
    const people = await threePeople(synapse);
    const [ana, ben, cleo] = people;
    const rooms = await twoRooms(synapse.baseUrl, people);
    for (const { localpart } of [ana, ben]) ours.push(await OurClient.begin(proxy, localpart, rooms));
    reader = await startReader(synapse.baseUrl, cleo, 1000);
    const everybody: Everybody = {
      baseUrl: synapse.baseUrl,
      moderator: ana,
      ours,
      sdk: reader.client,
      patience: CATCH_UP,
    };
    proxy.setFaults(0.2);
    const done = new Map<string, number>();
    for (let n = 1; n <= ACTIONS; n++) {
      const who = Math.floor(chance.next() * 3);
      const client = ours[who];
      const other = (people[(who + 1) % 3] ?? ana).userId as UserId;
      const doing = { chance, files, n, other };
      const act =
        client === undefined
          ? await actInSdk({
              ...doing,
              client: reader.client,
              rooms,
              name: "cleo",
            })
          : await actInOurs({
              ...doing,
              client,
              isModerator: client.name === "ana",
            });
      done.set(act, (done.get(act) ?? 0) + 1);
      if (n % KILL_EVERY === 0) await kill(ours, chance, proxy, files, n);
    }
    console.log("done:", Object.fromEntries(done), "struck:", Object.fromEntries(proxy.struck));
    proxy.setFaults(0);
    for (const one of ours) await one.sentAll();
    const truth = await allTheSame(everybody, rooms.main);
    const forwarded = await allTheSame(everybody, rooms.aside);
    const withFiles = await sameBytes(everybody, files, truth);
    console.log(
      `the same: ${truth.length} messages and ${forwarded.length} forwarded, ${withFiles} with files`,
    );
    await sameMarks(everybody, people);
    await everybodyReads(everybody, people);
    // All kinds of acts were among them, or this has proved less than it says.
    if (ACTIONS >= 1000) expect(acts.filter((act: Act) => !done.has(act))).toEqual([]);
  } finally {
    reader?.stop();
    for (const one of ours) await one.end();
    await proxy.stop();
    await synapse.stop();
  }
});

/** One of ours dies, by turns at rest and while a file of it is on its way; the draft comes back with it. */
async function kill(
  ours: readonly OurClient[],
  chance: Chance,
  proxy: Parameters<typeof killedWhileUploading>[1],
  files: Files,
  n: number,
): Promise<void> {
  const client = chance.oneOf(ours);
  if (client === undefined) return;
  const draft = chance.isLucky(0.5)
    ? await killedWhileUploading(client, proxy, files, n)
    : await client.dieAndRise();
  expect(draft).toBe(client.draft);
}

async function threePeople(synapse: Synapse): Promise<readonly [SynapseUser, SynapseUser, SynapseUser]> {
  const register = (name: string): Promise<SynapseUser> => synapse.registerUser(name, "password", name);
  return [await register("ana"), await register("ben"), await register("cleo")];
}

/** Both with all three in them; everybody may pin, and Ana may delete what others say. */
async function twoRooms(baseUrl: string, people: readonly [SynapseUser, ...SynapseUser[]]): Promise<Rooms> {
  const [ana, ...members] = people;
  const main = (await makeRoom(baseUrl, ana, {
    name: "Hour",
    members,
  })) as RoomId;
  const aside = (await makeRoom(baseUrl, ana, {
    name: "Aside",
    members,
  })) as RoomId;
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(main)}/state/m.room.power_levels/`;
  const token = ana.accessToken;
  const levels = await request<{ events?: Record<string, number> }>(baseUrl, {
    method: "GET",
    path,
    token,
  });
  const events = { ...levels.events, "m.room.pinned_events": 0 };
  await request(baseUrl, {
    method: "PUT",
    path,
    token,
    body: { ...levels, events },
  });
  return { main, aside };
}
