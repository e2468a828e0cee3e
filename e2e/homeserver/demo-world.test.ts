import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ContractClient, joined } from "./contract-client.ts";
import { buildDemoWorld, startDemoPeople, type DemoWorld } from "./demo-world.ts";
import { startHomeserver, type Homeserver } from "./index.ts";

let hs: Homeserver;
let demo: DemoWorld;
let wren: ContractClient;

beforeEach(async () => {
  hs = await startHomeserver();
  demo = await buildDemoWorld(hs);
  wren = await ContractClient.login(hs.baseUrl, demo);
});
afterEach(() => hs.stop());

describe("the demo world", () => {
  test("signing in shows rooms, an invite, a favourite, unread messages and a highlight", async () => {
    const body = await wren.sync();
    expect(Object.keys(body.rooms?.join ?? {})).toHaveLength(10);
    expect(Object.keys(body.rooms?.invite ?? {})).toEqual([demo.rooms.invite]);
    const favourite = joined(body, demo.rooms.favourite).account_data?.events ?? [];
    expect(favourite.map((event) => event.type)).toContain("m.tag");
    const big = joined(body, demo.rooms.big).unread_notifications;
    expect(big?.highlight_count).toBe(1);
    expect(big?.notification_count).toBeGreaterThan(2);
  });

  test("the big room has some 2,000 messages of every kind, oldest first, none in the future", () => {
    const events = hs.world.events(demo.rooms.big);
    const messages = events.filter((event) => event.type === "m.room.message");
    expect(messages.length).toBeGreaterThan(1_800);
    const kinds = new Set(messages.map((event) => event.content["msgtype"]));
    expect(kinds).toEqual(new Set(["m.text", "m.emote", "m.notice", "m.image", undefined]));
    expect(messages.some((event) => "formatted_body" in event.content)).toBe(true);
    expect(JSON.stringify(messages)).not.toMatch(/\{(bird|place|name|number)\}/);
    const newest = Math.max(...events.map((event) => event.origin_server_ts));
    expect(newest).toBeLessThanOrEqual(hs.world.now());
  });

  test("pictures and avatars are PNGs the server has", async () => {
    const image = hs.world.events(demo.rooms.big).find((event) => event.content["msgtype"] === "m.image")
      ?.content["url"] as string;
    const avatar = hs.world.user("hanna").avatarUrl!;
    for (const mxc of [image, avatar]) {
      const path = `/_matrix/client/v1/media/download/${mxc.slice("mxc://".length)}`;
      const headers = { authorization: `Bearer ${wren.token}` };
      const bytes = Buffer.from(await (await fetch(`${hs.baseUrl}${path}`, { headers })).arrayBuffer());
      expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    }
  });

  test("a direct message is read, somebody types, and answers", async () => {
    const people = startDemoPeople(hs);
    try {
      const roomId = demo.rooms.direct["hanna"]!;
      let since = (await wren.sync()).next_batch;
      const eventId = await wren.say(roomId, "Hello Hanna, which bus?");
      const seen: string[] = [];
      const hanna = hs.world.user("hanna").userId;
      while (!seen.includes("answer")) {
        const body = await wren.sync({ since, timeout: 2_000 });
        const room = joined(body, roomId);
        const ephemeral = JSON.stringify(room.ephemeral?.events ?? []);
        if (ephemeral.includes(eventId)) seen.push("receipt");
        if (ephemeral.includes(`"user_ids":["${hanna}"]`)) seen.push("typing");
        if (room.timeline.events.some((event) => event.sender === hanna)) seen.push("answer");
        since = body.next_batch;
      }
      expect(seen).toEqual(["receipt", "typing", "answer"]);
    } finally {
      people.stop();
    }
  });

  test("whoever accepts the invite is welcomed", async () => {
    const people = startDemoPeople(hs);
    try {
      const since = (await wren.sync()).next_batch;
      await wren.join(demo.rooms.invite);
      const lena = hs.world.user("lena").userId;
      await wren.syncUntil(since, (it) =>
        joined(it, demo.rooms.invite).timeline.events.some(
          (event) => event.sender === lena && event.type === "m.room.message",
        ),
      );
    } finally {
      people.stop();
    }
  });
});
