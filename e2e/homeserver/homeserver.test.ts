import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ContractClient, joined, request } from "./contract-client.ts";
import { startHomeserver, type Homeserver } from "./index.ts";

let hs: Homeserver;
let ada: ContractClient;
let roomId: string;

beforeEach(async () => {
  hs = await startHomeserver();
  hs.world.addUser("ben", { displayName: "Ben" });
  ada = await ContractClient.login(hs.baseUrl, hs.world.addUser("ada", { displayName: "Ada" }));
  roomId = hs.world.createRoom({ creator: "ada", members: ["ben"], name: "Room" });
});
afterEach(() => hs.stop());

describe("the network", () => {
  test("cut refuses and breaks connections, mend brings the same port back", async () => {
    const since = (await ada.sync()).next_batch;
    const poll = ada.sync({ since, timeout: 20_000 });
    const broken = expect(poll).rejects.toThrow("fetch failed");
    await hs.wire.waitFor((it) => it.query["timeout"] === "20000");
    hs.cut();
    await broken;
    await expect(ada.sync({ since })).rejects.toThrow("fetch failed");
    hs.mend();
    hs.world.sendMessage(roomId, "ben", "back again");
    const { timeline } = joined(await ada.sync({ since }), roomId);
    expect(timeline.events.map((event) => event.content["body"])).toEqual(["back again"]);
  });

  test("stop and restart keep the world, the port and the tokens", async () => {
    const { port } = hs;
    await hs.stop();
    await hs.restart();
    expect(hs.port).toBe(port);
    expect((await ada.sync()).rooms?.join).toHaveProperty([roomId]);
  });
});

describe("the wire", () => {
  test("requests are recorded with body, token and status", async () => {
    await ada.say(roomId, "recorded");
    expect(hs.wire.count("PUT", /\/send\/m\.room\.message\//)).toBe(1);
    const record = hs.wire.requests.find((it) => it.method === "PUT");
    expect(record).toMatchObject({
      body: { msgtype: "m.text", body: "recorded" },
      token: ada.token,
      userId: ada.userId,
      status: 200,
    });
    hs.wire.clear();
    expect(hs.wire.requests).toEqual([]);
  });

  test("a login carries no token, and a waiting poll is in flight until it is answered", async () => {
    const login = hs.wire.requests.find((it) => it.path.endsWith("/login"));
    expect(login?.token).toBeUndefined();
    const since = (await ada.sync()).next_batch;
    const poll = ada.sync({ since, timeout: 20_000 });
    const record = await hs.wire.waitFor((it) => it.query["timeout"] === "20000");
    expect([record.inFlight, record.status]).toEqual([true, undefined]);
    hs.world.sendMessage(roomId, "ben", "wake up");
    await poll;
    await hs.wire.waitFor((it) => it === record && !it.inFlight);
    expect(record.status).toBe(200);
  });

  test("waiting for a request that does not come says what came instead", async () => {
    await ada.sync();
    await expect(hs.wire.waitFor((it) => it.method === "DELETE", 20)).rejects.toThrow("/sync 200");
  });
});

describe("tokens", () => {
  const login = async (extra: object) => {
    const identifier = { type: "m.id.user", user: "ada" };
    const body = { type: "m.login.password", identifier, password: "password", ...extra };
    return (await request(hs.baseUrl, "POST", "/_matrix/client/v3/login", { body })).body;
  };

  test("an expired token is refused softly or hard, also in a poll that sleeps", async () => {
    for (const [mode, soft] of [["soft", true] as const, ["hard", false] as const]) {
      const session = await ContractClient.login(hs.baseUrl, hs.world.user("ada"));
      const since = (await session.sync()).next_batch;
      const query = { since, timeout: "20000", mode, set_presence: "offline" };
      const poll = session.ask("GET", "/sync", { query });
      await hs.wire.waitFor((it) => it.query["mode"] === mode);
      await new Promise(setImmediate);
      hs.world.expireToken("ada", mode);
      const reply = await poll;
      expect(reply.status).toBe(401);
      expect(reply.body).toMatchObject({ errcode: "M_UNKNOWN_TOKEN", soft_logout: soft });
    }
  });

  test("a refreshable token is refused softly, and the refresh token gives a new one", async () => {
    const session = await login({ refresh_token: true });
    expect(session["expires_in_ms"]).toBeLessThanOrEqual(300_000);
    hs.world.expireToken("ada", "refreshable");
    const token = session["access_token"] as string;
    const whoami = "/_matrix/client/v3/account/whoami";
    const refused = await request(hs.baseUrl, "GET", whoami, { token });
    expect(refused.body).toMatchObject({ errcode: "M_UNKNOWN_TOKEN", soft_logout: true });
    const body = { refresh_token: session["refresh_token"] };
    const fresh = await request(hs.baseUrl, "POST", "/_matrix/client/v3/refresh", { body });
    const newToken = fresh.body["access_token"] as string;
    expect((await request(hs.baseUrl, "GET", whoami, { token: newToken })).status).toBe(200);
  });

  test("signing in again with a device id ends that device's older token", async () => {
    const first = await login({ device_id: "DESK" });
    await login({ device_id: "DESK" });
    const token = first["access_token"] as string;
    const reply = await request(hs.baseUrl, "GET", "/_matrix/client/v3/account/whoami", { token });
    expect([reply.status, reply.body["errcode"]]).toEqual([401, "M_UNKNOWN_TOKEN"]);
  });

  test("registering asks for the dummy stage and then opens a session", async () => {
    const path = "/_matrix/client/v3/register";
    const body = { username: "cleo", password: "sea-pink-7" };
    const first = await request(hs.baseUrl, "POST", path, { body });
    expect([first.status, first.body["flows"]]).toEqual([401, [{ stages: ["m.login.dummy"] }]]);
    const auth = { type: "m.login.dummy", session: first.body["session"] };
    const done = await request(hs.baseUrl, "POST", path, { body: { ...body, auth } });
    expect(done.body["user_id"]).toBe("@cleo:dunlin.test");
    const again = await request(hs.baseUrl, "POST", path, { body });
    expect([again.status, again.body["errcode"]]).toEqual([400, "M_USER_IN_USE"]);
  });
});

describe("events", () => {
  test("messages without msgtype or body are refused", async () => {
    for (const body of [{ body: "x" }, { msgtype: "m.text" }, { msgtype: 1, body: "x" }]) {
      const path = `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/t`;
      const reply = await ada.ask("PUT", path, { body });
      expect([reply.status, reply.body["errcode"]]).toEqual([400, "M_BAD_JSON"]);
    }
  });

  test("injected JSON arrives as it is, however odd", async () => {
    const since = (await ada.sync()).next_batch;
    const odd = [null, "text", { type: 7 }, { event_id: "$x", type: "m.room.message", sender: "@Üser x:hs" }];
    for (const json of odd) hs.world.inject(roomId, json);
    const { timeline } = joined(await ada.sync({ since }), roomId);
    expect(timeline.events).toEqual(odd);
  });

  test("unread messages are counted until read, those naming the reader as highlights", async () => {
    hs.world.sendMessage(roomId, "ben", "Good morning");
    hs.world.sendMessage(roomId, "ben", "Ada, are you there?");
    hs.world.sendMessage(roomId, "ben", { msgtype: "m.notice", body: "Ada: a notice" });
    const last = hs.world.sendMessage(roomId, "ben", {
      msgtype: "m.text",
      body: "pst",
      "m.mentions": { user_ids: [ada.userId] },
    });
    const first = await ada.sync();
    const counts = { notification_count: 3, highlight_count: 2 };
    expect(joined(first, roomId).unread_notifications).toEqual(counts);
    hs.world.redact(roomId, "ben", last);
    const fewer = { notification_count: 2, highlight_count: 1 };
    expect(joined(await ada.sync(), roomId).unread_notifications).toEqual(fewer);
    hs.world.receipt(roomId, "ada", last);
    const second = await ada.sync({ since: first.next_batch });
    const none = { notification_count: 0, highlight_count: 0 };
    expect(joined(second, roomId).unread_notifications).toEqual(none);
  });

  test("a lazily loaded member comes again when the answer that carried them was lost", async () => {
    const filter = { room: { state: { lazy_load_members: true }, timeline: { limit: 1 } } };
    const since = (await ada.sync({ filter })).next_batch;
    hs.world.addUser("cleo");
    hs.world.join(roomId, "cleo");
    hs.world.sendMessage(roomId, "cleo", "hello");
    const members = async (): Promise<unknown[]> => {
      const { state } = joined(await ada.sync({ since, filter }), roomId);
      return state.events.map((event) => event.state_key);
    };
    expect(await members()).toContain("@cleo:dunlin.test");
    expect(await members()).toContain("@cleo:dunlin.test");
  });

  test("a server without transaction ids never shows any", async () => {
    const bare = await startHomeserver({ omitTransactionId: true });
    try {
      const eve = await ContractClient.login(bare.baseUrl, bare.world.addUser("eve"));
      const room = bare.world.createRoom({ creator: "eve" });
      const event = await eve.event(room, await eve.say(room, "hi"));
      expect(event.unsigned).not.toHaveProperty("transaction_id");
    } finally {
      await bare.stop();
    }
  });

  test("paths follow the announced versions", async () => {
    hs.world.versions = ["r0.6.1"];
    const v3 = await request(hs.baseUrl, "GET", "/_matrix/client/v3/login");
    expect([v3.status, v3.body["errcode"]]).toEqual([404, "M_UNRECOGNIZED"]);
    expect((await request(hs.baseUrl, "GET", "/_matrix/client/r0/login")).status).toBe(200);
  });

  test("media is served in ranges, and only where the switch says", async () => {
    const mxc = hs.world.uploadMedia(Buffer.from("0123456789"), "text/plain");
    const id = mxc.slice("mxc://".length);
    const get = (path: string, headers: Record<string, string>) =>
      fetch(`${hs.baseUrl}${path}/download/${id}`, { headers });
    const authorization = `Bearer ${ada.token}`;
    const part = await get("/_matrix/client/v1/media", { authorization, range: "bytes=2-4" });
    expect([part.status, await part.text()]).toEqual([206, "234"]);
    expect(part.headers.get("content-range")).toBe("bytes 2-4/10");
    const etag = part.headers.get("etag") ?? "";
    const same = await get("/_matrix/client/v1/media", {
      authorization,
      range: "bytes=7-",
      "if-range": etag,
    });
    expect([same.status, await same.text()]).toEqual([206, "789"]);
    const other = { authorization, range: "bytes=7-", "if-range": '"another"' };
    expect((await get("/_matrix/client/v1/media", other)).status).toBe(200);
    expect((await get("/_matrix/media/v3", {})).status).toBe(200);
    hs.world.media = "authenticated";
    expect((await get("/_matrix/media/v3", {})).status).toBe(404);
    hs.world.media = "legacy";
    expect((await get("/_matrix/client/v1/media", { authorization })).status).toBe(404);
  });

  test("a page is previewed as a test has put it there; any other is out of reach", async () => {
    hs.world.addPage("https://example.org/?a=b", { "og:title": "A page" });
    const preview = (url: string) =>
      request(hs.baseUrl, "GET", `/_matrix/client/v1/media/preview_url?url=${encodeURIComponent(url)}`, {
        token: ada.token,
      });
    expect((await preview("https://example.org/?a=b")).body).toEqual({ "og:title": "A page" });
    expect((await preview("https://example.org/")).status).toBe(502);
  });
});

describe("large worlds", () => {
  test("100,000 events page back to the start, each once and in order", async () => {
    const sent = hs.world.sendMany(roomId, 100_000, (index) => ({ sender: "ben", content: `m${index}` }));
    const all = (await ada.pageBack(roomId, undefined, 1_000)).map((event) => event.event_id);
    // As one text: comparing long lists entry by entry takes longer than reading them.
    expect(all.slice(0, 100_000).reverse().join() === sent.join()).toBe(true);
    expect(new Set(all).size).toBe(all.length);
  });

  test("an initial sync brings 2,000 rooms, the next one only what changed", async () => {
    const rooms = Array.from({ length: 2_000 }, (_, index) =>
      hs.world.createRoom({ creator: "ada", members: ["ben"], name: `Room ${index}` }),
    );
    const first = await ada.sync();
    expect(Object.keys(first.rooms?.join ?? {})).toHaveLength(2_001);
    hs.world.sendMessage(rooms[999]!, "ben", "here");
    const second = await ada.sync({ since: first.next_batch });
    expect(Object.keys(second.rooms?.join ?? {})).toEqual([rooms[999]]);
  });
});
