import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ContractClient } from "../../../e2e/homeserver/contract-client.ts";
import { makeRoom } from "../../../e2e/synapse/seed.ts";
import { startSynapse, type Synapse } from "../../../e2e/synapse/start.ts";
import type { SynapseUser } from "../../../e2e/synapse/register.ts";
import { CONTRACT_VERSION } from "../../../preload/contract/frames.ts";
import { defaultSettings } from "../../../preload/contract/models/settings.ts";
import { buildApp, outMain } from "./testing/built-app.ts";
import { StandInChild } from "./testing/stand-in-child.ts";

// The built app under the stand-in, its window closed, on a real Synapse: a hundred messages in ten rooms under mixed
// rules, some read on another device, some redacted, with kills between. What stands is exactly what should, once each.

/** Ms; a story that will never end is ended after it. No assertion. */
const LONG = 10 * 60_000;

let synapse: Synapse;
let profileDir: string;
let child: StandInChild;
beforeAll(async () => {
  profileDir = mkdtempSync(join(tmpdir(), "dunlin-notices-"));
  // The hint at the first closing to the tray is another story.
  writeFileSync(join(profileDir, "tray-hint-shown"), "");
  await Promise.all([buildApp(), startSynapse().then((started) => (synapse = started))]);
}, 30 * 60_000);
afterAll(async () => {
  await child?.kill();
  await synapse?.stop();
  rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
});

/** Starts the app; its window is closed to the tray before anything is said. */
async function start(): Promise<StandInChild> {
  child = new StandInChild(outMain, ["--profile-dir", profileDir], {
    DUNLIN_SIGN_IN: JSON.stringify({ homeserver: synapse.baseUrl, user: "ana", password: "ana's password" }),
  });
  await child.until("called", ({ name }) => name === "show", LONG);
  await child.post({ t: "hello", version: CONTRACT_VERSION });
  const settings = { ...defaultSettings, closeToTray: true };
  await child.post({ t: "call", id: 1, method: "saveSettings", params: { settings } });
  await child.post({ t: "subscribe", id: 2, topic: "connection", params: null });
  await child.until("sent", ({ frame }) => JSON.stringify(frame).includes('"live"'), LONG);
  await child.tell({ do: "close window" });
  return child;
}
/** What stands in the system's list: title and words, in the order of titles. */
const standing = (): string[] => {
  const closed = new Set(child.all("notification closed").map(({ nth }) => nth));
  return child
    .all("notification")
    .filter(({ nth }) => !closed.has(nth))
    .map(({ options }) => `${String(options["title"])}: ${String(options["body"])}`)
    .sort();
};
const until = (wanted: readonly string[]): Promise<void> =>
  expect.poll(standing, { timeout: LONG, interval: 50 }).toEqual([...wanted].sort());

/** Five messages in each room, in turn; a keyword in the third, a name in the fourth. Answers their ids by room. */
async function round(rooms: readonly string[], ben: ContractClient, cleo: ContractClient, label: string) {
  return Promise.all(
    rooms.map(async (roomId, index) => {
      const ids: string[] = [];
      const content = index === 9 ? { msgtype: "m.notice" } : {};
      ids.push(await ben.say(roomId, `${label} one`, content));
      // Cleo is muted everywhere; in the room of two there is no Cleo.
      ids.push(await (index === 2 ? ben : cleo).say(roomId, `${label} two`, content));
      ids.push(await ben.say(roomId, `${label} the boat is in`, content));
      const mention = { "m.mentions": { user_ids: [`@ana:${synapse.serverName}`] } };
      ids.push(await ben.say(roomId, `${label} for you`, { ...content, ...(index === 4 && mention) }));
      ids.push(await ben.say(roomId, `${label} five`, content));
      return ids;
    }),
  );
}

async function setRules(ana: ContractClient, rooms: readonly string[], cleo: SynapseUser): Promise<void> {
  const put = (kind: string, id: string, body: object) =>
    ana.must("PUT", `/pushrules/global/${kind}/${encodeURIComponent(id)}`, { body });
  await put("sender", cleo.userId, { actions: [] });
  const [, , , muted = "", mentions = "", keyword = ""] = rooms;
  const isRoom = { kind: "event_match", key: "room_id", pattern: muted };
  await put("override", muted, { conditions: [isRoom], actions: [] });
  await put("room", mentions, { actions: [] });
  await put("room", keyword, { actions: [] });
  await put("content", "boats", { pattern: "boat", actions: ["notify", { set_tweak: "highlight" }] });
}

test(
  "of a hundred messages in ten rooms exactly those stand that should, once each, over kills",
  async () => {
    const [anaUser, benUser, cleoUser] = (await Promise.all(
      ["ana", "ben", "cleo"].map((name) => synapse.registerUser(name, `${name}'s password`, name)),
    )) as [SynapseUser, SynapseUser, SynapseUser];
    const [phone, ben, cleo] = (await Promise.all(
      [anaUser, benUser, cleoUser].map(({ userId }) =>
        ContractClient.login(synapse.baseUrl, {
          userId,
          password: `${userId.slice(1, userId.indexOf(":"))}'s password`,
        }),
      ),
    )) as [ContractClient, ContractClient, ContractClient];
    const rooms: string[] = [];
    for (let index = 0; index < 10; index++)
      rooms.push(
        await makeRoom(synapse.baseUrl, benUser, {
          name: `Room ${index}`,
          members: index === 2 ? [anaUser] : [anaUser, cleoUser],
        }),
      );
    await setRules(phone, rooms, cleoUser);
    const read = (index: number, eventId = ""): Promise<unknown> =>
      phone.must(
        "POST",
        `/rooms/${encodeURIComponent(rooms[index] ?? "")}/receipt/m.read/${encodeURIComponent(eventId)}`,
        {
          body: {},
        },
      );
    const redact = (index: number, eventId = ""): Promise<unknown> =>
      ben.must(
        "PUT",
        `/rooms/${encodeURIComponent(rooms[index] ?? "")}/redact/${encodeURIComponent(eventId)}/r${eventId.slice(1, 9)}`,
        { body: {} },
      );

    await start();
    const first = await round(rooms, ben, cleo, "first");
    const inRoom = (index: number, body: string): string => `ben (Room ${index}): ${body}`;
    // Ben's four of five; all five where no Cleo is; nothing in the muted room and of bots; one by name and by keyword.
    const afterFirst = [
      ...[0, 1, 6, 7, 8].map((index) => inRoom(index, "first five (and 3 more)")),
      inRoom(2, "first five (and 4 more)"),
      // A keyword outranks what is said of a room: content rules come before room rules.
      inRoom(4, "first for you (and 1 more)"),
      inRoom(5, "first the boat is in"),
    ];
    await until(afterFirst);

    await read(6, first[6]?.[4]);
    await read(8, first[8]?.[2]);
    await redact(7, first[7]?.[4]);
    await redact(7, first[7]?.[3]);
    const withoutRoom = (index: number): string[] =>
      afterFirst.filter((text) => !text.includes(`Room ${index}`));
    const afterReading = withoutRoom(6)
      .filter((text) => !/Room [78]/.test(text))
      .concat(inRoom(7, "first the boat is in (and 1 more)"), inRoom(8, "first five (and 1 more)"));
    await until(afterReading);

    await child.kill();
    const second = await round(rooms, ben, cleo, "second");
    await read(0, second[0]?.[4]);
    await redact(1, second[1]?.[4]);
    await start();
    // What was told before the kill is not told again. Of the second fifty: room 0 is read, one of room 1 is gone.
    const away = { 1: 3, 2: 5, 4: 2, 5: 1, 6: 4, 7: 4, 8: 4 };
    const count = Object.values(away).reduce((sum, one) => sum + one, 0);
    await expect.poll(standing, { timeout: LONG, interval: 50 }).toHaveLength(1);
    const [digest = ""] = standing();
    expect(digest).toMatch(
      new RegExp(`^While you were away: ${count} messages in 7 rooms, \\d+ mention you: `),
    );
    const said = child.all("notification").map(({ options }) => String(options["title"]));
    expect(said).toEqual(["While you were away"]);

    // Alive again, with the window still closed; then killed once more: nothing is left to be told.
    await ben.say(rooms[0] ?? "", "third");
    await until([digest, inRoom(0, "third")]);
    await child.kill();
    await start();
    await ben.say(rooms[1] ?? "", "the last");
    await until([inRoom(1, "the last")]);
    expect(child.all("notification")).toHaveLength(1);
  },
  30 * 60_000,
);
