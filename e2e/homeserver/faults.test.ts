import { request as rawRequest } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ContractClient, joined, request } from "./contract-client.ts";
import { startHomeserver, type Homeserver } from "./index.ts";

let hs: Homeserver;
let ada: ContractClient;
let roomId: string;

beforeEach(async () => {
  hs = await startHomeserver();
  hs.world.addUser("ben");
  ada = await ContractClient.login(hs.baseUrl, hs.world.addUser("ada"));
  roomId = hs.world.createRoom({ creator: "ada", members: ["ben"], name: "Room" });
});
afterEach(() => hs.stop());

const SEND = /\/send\//;
const bodies = (): unknown[] =>
  hs.world
    .events(roomId)
    .filter((event) => event.type === "m.room.message")
    .map((event) => event.content["body"]);
const sendPath = (): string => `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/t1`;
const send = () => ada.ask("PUT", sendPath(), { body: { msgtype: "m.text", body: "hi" } });

describe("faults that stop a request", () => {
  test("a dropped request never happened, the next one goes through", async () => {
    const fault = hs.faults.add({ on: { method: "PUT", path: SEND }, do: { drop: true }, times: 1 });
    await expect(send()).rejects.toThrow("fetch failed");
    expect(bodies()).toEqual([]);
    expect((await send()).status).toBe(200);
    expect(bodies()).toEqual(["hi"]);
    expect(fault.hits).toBe(1);
  });

  test("one for a query parameter hits that value alone", async () => {
    hs.faults.add({
      on: { path: /publicRooms/, query: { since: "a b&c" } },
      do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
    });
    const at = async (since: string): Promise<number> =>
      (await ada.ask("GET", `/publicRooms?since=${encodeURIComponent(since)}`)).status;
    expect(await at("a b&c")).toBe(403);
    expect(await at("a b")).not.toBe(403);
  });

  test("a lost answer leaves the message there, and a repetition does not double it", async () => {
    hs.faults.add({ on: { path: SEND }, do: { answerLost: true }, times: 1 });
    await expect(send()).rejects.toThrow("fetch failed");
    expect(bodies()).toEqual(["hi"]);
    expect((await send()).status).toBe(200);
    expect(bodies()).toEqual(["hi"]);
  });

  test("a truncated answer breaks off half-way", async () => {
    hs.faults.add({ on: { path: /whoami/ }, do: { truncate: true }, times: 1 });
    const headers = { authorization: `Bearer ${ada.token}` };
    const response = await fetch(`${hs.baseUrl}/_matrix/client/v3/account/whoami`, { headers });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("terminated");
  });

  test("an answer is cut after so many bytes; a shorter one comes whole", async () => {
    hs.faults.add({ on: { path: /whoami/ }, do: { cutAfter: 5 }, times: 1 });
    hs.faults.add({ on: { path: /whoami/ }, do: { cutAfter: 5_000 } });
    const headers = { authorization: `Bearer ${ada.token}` };
    const asked = () => fetch(`${hs.baseUrl}/_matrix/client/v3/account/whoami`, { headers });
    const [cut, all] = [await asked(), await asked()];
    await expect(cut.text()).rejects.toThrow("terminated");
    expect(await all.json()).toMatchObject({ user_id: expect.any(String) as unknown });
  });

  test("rate limits come with the time in the body, in the header, or not at all", async () => {
    const answers: [unknown, string | undefined][] = [];
    for (const limited of [{ retryAfterMs: 2_500 }, { retryAfterMs: 2_500, header: true, body: false }, {}]) {
      hs.faults.add({ on: { path: /whoami/ }, do: { limited }, times: 1 });
      answers.push(await plainGet("/_matrix/client/v3/account/whoami"));
    }
    expect(answers).toEqual([
      [{ errcode: "M_LIMIT_EXCEEDED", error: "Too Many Requests", retry_after_ms: 2_500 }, undefined],
      [{ errcode: "M_LIMIT_EXCEEDED", error: "Too Many Requests" }, "3"],
      [{ errcode: "M_LIMIT_EXCEEDED", error: "Too Many Requests" }, undefined],
    ]);
  });

  test("a proxy answers HTML, a server an error of its own choice", async () => {
    const page = "<html><body>Bad gateway</body></html>";
    hs.faults.add({ do: { status: { code: 502, body: page } }, times: 1 });
    const proxy = await fetch(`${hs.baseUrl}/_matrix/client/versions`);
    expect([proxy.status, proxy.headers.get("content-type")]).toEqual([502, "text/html"]);
    expect(await proxy.text()).toBe(page);
    hs.faults.add({ do: { error: { status: 403, errcode: "COM.EXAMPLE_ODD" } }, times: 1 });
    const odd = await send();
    expect([odd.status, odd.body["errcode"]]).toEqual([403, "COM.EXAMPLE_ODD"]);
    expect(bodies()).toEqual([]);
  });

  test("invalid JSON is a whole answer that does not parse", async () => {
    hs.faults.add({ on: { path: /versions/ }, do: { invalidJson: true }, times: 1 });
    const response = await fetch(`${hs.baseUrl}/_matrix/client/versions`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  test("a slow body arrives whole", async () => {
    hs.faults.add({ on: { path: /whoami/ }, do: { slowBody: 2_000 }, times: 1 });
    expect((await ada.must("GET", "/account/whoami"))["user_id"]).toBe(ada.userId);
  });
});

/** One GET with its status 429 looked at rather than waited out. */
async function plainGet(path: string): Promise<[unknown, string | undefined]> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${ada.token}` };
    rawRequest(`${hs.baseUrl}${path}`, { headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve([JSON.parse(text), response.headers["retry-after"]]));
    })
      .on("error", reject)
      .end();
  });
}

describe("which requests a rule hits", () => {
  test("method, path, room and user all have to fit", async () => {
    const other = hs.world.createRoom({ creator: "ada" });
    const error = { status: 500, errcode: "M_UNKNOWN" };
    hs.faults.add({ on: { method: "PUT", path: SEND, roomId: other, userId: ada.userId }, do: { error } });
    hs.faults.add({ on: { roomId, userId: "@ben:dunlin.test" }, do: { error } });
    expect((await send()).status).toBe(200);
    await expect(ada.say(other, "no")).rejects.toThrow("500");
  });

  test("probability draws from the seed: the same seed hits the same requests", async () => {
    const run = async (): Promise<number[]> => {
      hs.faults.clear();
      hs.faults.seed(42);
      hs.faults.add({ do: { status: { code: 503 } }, probability: 0.5 });
      const statuses: number[] = [];
      for (let index = 0; index < 12; index += 1) {
        statuses.push((await request(hs.baseUrl, "GET", "/_matrix/client/versions")).status);
      }
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await run()).toEqual(first);
  });
});

describe("faults of order and time", () => {
  test("the echo comes by sync while the answer is still held", async () => {
    const since = (await ada.sync()).next_batch;
    let release = (): void => undefined;
    const holdAnswer = new Promise<void>((resolve) => (release = resolve));
    hs.faults.add({ on: { path: SEND }, do: { holdAnswer }, times: 1 });
    let isAnswered = false;
    const sending = send().then((reply) => {
      isAnswered = true;
      return reply;
    });
    const body = await ada.syncUntil(since, (it) => joined(it, roomId).timeline.events.length > 0);
    expect(joined(body, roomId).timeline.events[0]?.unsigned?.["transaction_id"]).toBe("t1");
    expect(isAnswered).toBe(false);
    release();
    expect((await sending).status).toBe(200);
  });

  test("duplicate delivery: the same events come again in the next sync, and only there", async () => {
    let since = (await ada.sync()).next_batch;
    hs.faults.add({ on: { roomId }, do: { duplicateDelivery: true }, times: 1 });
    const first = hs.world.sendMessage(roomId, "ben", "once");
    const seen: string[][] = [];
    for (let round = 0; round < 3; round += 1) {
      const body = await ada.sync({ since });
      seen.push(joined(body, roomId).timeline.events.map((event) => event.event_id));
      since = body.next_batch;
    }
    expect(seen).toEqual([[first], [first], []]);
  });

  test("a limited sync shows the last events only, prev_batch leads to the others", async () => {
    const since = (await ada.sync()).next_batch;
    hs.faults.add({ do: { limitedSync: 1 }, times: 1 });
    const sent = [0, 1, 2].map((index) => hs.world.sendMessage(roomId, "ben", `m${index}`));
    const { timeline } = joined(await ada.sync({ since }), roomId);
    expect(timeline.limited).toBe(true);
    expect(timeline.events.map((event) => event.event_id)).toEqual([sent[2]]);
    const page = await ada.messages(roomId, { dir: "b", from: timeline.prev_batch, limit: "2" });
    expect(page.chunk.map((event) => event.event_id)).toEqual([sent[1], sent[0]]);
  });

  test("changed order swaps neighbours in sync", async () => {
    const since = (await ada.sync()).next_batch;
    hs.faults.add({ on: { path: /\/sync$/ }, do: { changedOrder: true }, times: 1 });
    const [a, b] = [hs.world.sendMessage(roomId, "ben", "a"), hs.world.sendMessage(roomId, "ben", "b")];
    const { timeline } = joined(await ada.sync({ since }), roomId);
    expect(timeline.events.map((event) => event.event_id)).toEqual([b, a]);
  });

  test("clock skew shifts what is written while it lasts", async () => {
    hs.faults.add({ on: { path: SEND }, do: { clockSkew: -7_200_000 }, times: 1 });
    const skewed = await ada.say(roomId, "two hours ago");
    const straight = await ada.say(roomId, "now");
    const [early, late] = [await ada.event(roomId, skewed), await ada.event(roomId, straight)];
    expect(late.origin_server_ts - early.origin_server_ts).toBeGreaterThanOrEqual(7_200_000);
    expect(early.unsigned?.["age"]).toBeGreaterThanOrEqual(7_200_000);
  });

  test("an answer is rewritten without touching the world", async () => {
    const eventId = hs.world.sendMessage(roomId, "ben", "true");
    hs.faults.add({
      on: { path: /\/event\// },
      do: {
        rewrite: (json) => {
          (json as { content: { body: string } }).content.body = "false";
          return json;
        },
      },
      times: 1,
    });
    expect((await ada.event(roomId, eventId)).content["body"]).toBe("false");
    expect((await ada.event(roomId, eventId)).content["body"]).toBe("true");
  });
});
