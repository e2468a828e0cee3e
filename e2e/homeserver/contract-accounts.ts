import { describe, expect, test } from "vitest";
import type { ContractClient } from "./contract-client.ts";
import { request } from "./contract-client.ts";
import type { ContractStage } from "./contract.test-suite.ts";

const LOGIN = "/_matrix/client/v3/login";

/** Discovery, login, tokens, error codes, profile, media. */
export function accountContract(stage: ContractStage): void {
  describe("accounts", () => {
    loginTests(stage);
    tokenTests(stage);
    profileTests(stage);
  });
  describe("errors", () => errorTests(stage));
  describe("media", () => mediaTests(stage));
}

function loginTests(stage: ContractStage): void {
  test("versions and login flows are there for anyone", async () => {
    const versions = await request(stage.baseUrl(), "GET", "/_matrix/client/versions");
    expect(versions.body["versions"]).toContain("v1.11");
    const flows = await request(stage.baseUrl(), "GET", LOGIN);
    expect(flows.body["flows"]).toContainEqual(expect.objectContaining({ type: "m.login.password" }));
  });

  test("full id and localpart sign in to the same account", async () => {
    const { userId, password } = await stage.newUser("ada");
    const localpart = userId.slice(1, userId.indexOf(":"));
    for (const user of [userId, localpart]) {
      const identifier = { type: "m.id.user", user };
      const body = { type: "m.login.password", identifier, password, device_id: "KNOWN" };
      const reply = await request(stage.baseUrl(), "POST", LOGIN, { body });
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ user_id: userId, device_id: "KNOWN" });
      expect(reply.body).not.toHaveProperty("refresh_token");
    }
  });

  test("a wrong password is forbidden, an unknown login type a bad request, broken JSON not JSON", async () => {
    const { userId } = await stage.newUser("ada");
    const identifier = { type: "m.id.user", user: userId };
    const wrong = { type: "m.login.password", identifier, password: "no" };
    const forbidden = await request(stage.baseUrl(), "POST", LOGIN, { body: wrong });
    expect([forbidden.status, forbidden.body["errcode"]]).toEqual([403, "M_FORBIDDEN"]);
    const odd = await request(stage.baseUrl(), "POST", LOGIN, { body: { type: "org.example.odd" } });
    // The specification names M_UNKNOWN, Synapse says M_INVALID_PARAM.
    expect(odd.status).toBe(400);
    expect(["M_UNKNOWN", "M_INVALID_PARAM"]).toContain(odd.body["errcode"]);
    const broken = await request(stage.baseUrl(), "POST", LOGIN, { body: "{" });
    expect([broken.status, broken.body["errcode"]]).toEqual([400, "M_NOT_JSON"]);
  });
}

function tokenTests(stage: ContractStage): void {
  test("a refresh token is traded for a new pair, once that pair is used the old one is dead", async () => {
    const { userId, password } = await stage.newUser("ada");
    const identifier = { type: "m.id.user", user: userId };
    const body = { type: "m.login.password", identifier, password, refresh_token: true };
    const login = await request(stage.baseUrl(), "POST", LOGIN, { body });
    const old = login.body["refresh_token"];
    expect(old).toEqual(expect.any(String));
    const trade = (refreshToken: unknown) =>
      request(stage.baseUrl(), "POST", "/_matrix/client/v3/refresh", {
        body: { refresh_token: refreshToken },
      });
    const fresh = await trade(old);
    expect(fresh.status).toBe(200);
    const token = fresh.body["access_token"] as string;
    const whoami = await request(stage.baseUrl(), "GET", "/_matrix/client/v3/account/whoami", { token });
    expect(whoami.body).toMatchObject({ user_id: userId, device_id: login.body["device_id"] });
    const again = await trade(old);
    expect(again.status).toBeGreaterThanOrEqual(401);
    expect(again.status).toBeLessThanOrEqual(403);
  });

  test("after logout the token is unknown", async () => {
    const ada = await stage.person("ada");
    await ada.must("POST", "/logout");
    const reply = await ada.ask("GET", "/account/whoami");
    expect([reply.status, reply.body["errcode"]]).toEqual([401, "M_UNKNOWN_TOKEN"]);
  });
}

function profileTests(stage: ContractStage): void {
  test("a new display name reaches the profile and the member event of each room", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom();
    const { next_batch: since } = await ada.sync();
    const path = `/profile/${encodeURIComponent(ada.userId)}/displayname`;
    await ada.must("PUT", path, { body: { displayname: "Ada of the Shore" } });
    expect(await ada.must("GET", path)).toMatchObject({ displayname: "Ada of the Shore" });
    const isRename = (event: { type: string; content: Record<string, unknown> }): boolean =>
      event.type === "m.room.member" && event.content["displayname"] === "Ada of the Shore";
    const body = await ada.syncUntil(since, (answer) =>
      Boolean(answer.rooms?.join?.[roomId]?.timeline.events.some(isRename)),
    );
    const rename = body.rooms?.join?.[roomId]?.timeline.events.find(isRename);
    expect(rename?.unsigned?.["prev_content"]).toMatchObject({ membership: "join" });
  });

  test("the default push rules are there and come by sync", async () => {
    const ada = await stage.person("ada");
    const rules = (await ada.must("GET", "/pushrules/")) as {
      global: { override: { rule_id: string }[]; underride: { rule_id: string }[] };
    };
    expect(rules.global.override.map((rule) => rule.rule_id)).toContain(".m.rule.master");
    expect(rules.global.underride.map((rule) => rule.rule_id)).toContain(".m.rule.message");
    const body = await ada.sync();
    expect(body.account_data?.events.map((event) => event.type)).toContain("m.push_rules");
  });
}

function errorTests(stage: ContractStage): void {
  test("no token is missing, a made-up one unknown", async () => {
    const path = "/_matrix/client/v3/account/whoami";
    const missing = await request(stage.baseUrl(), "GET", path);
    expect([missing.status, missing.body["errcode"]]).toEqual([401, "M_MISSING_TOKEN"]);
    const unknown = await request(stage.baseUrl(), "GET", path, { token: "made-up" });
    expect([unknown.status, unknown.body["errcode"]]).toEqual([401, "M_UNKNOWN_TOKEN"]);
  });

  test("an unknown endpoint is 404, a known one with another method 405, both unrecognized", async () => {
    const ada = await stage.person("ada");
    const unknown = await ada.ask("GET", "/no/such/endpoint");
    expect([unknown.status, unknown.body["errcode"]]).toEqual([404, "M_UNRECOGNIZED"]);
    const method = await ada.ask("PATCH", "/account/whoami");
    expect([method.status, method.body["errcode"]]).toEqual([405, "M_UNRECOGNIZED"]);
  });
}

function mediaTests(stage: ContractStage): void {
  const upload = async (ada: ContractClient, bytes: Uint8Array) => {
    const raw = { bytes, contentType: "image/png" };
    const path = "/_matrix/media/v3/upload";
    const reply = await request(ada.baseUrl, "POST", path, { token: ada.token, raw });
    return String(reply.body["content_uri"]).slice("mxc://".length);
  };

  test("what was uploaded is downloaded again, byte for byte, with a token only", async () => {
    const ada = await stage.person("ada");
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
    const url = `${ada.baseUrl}/_matrix/client/v1/media/download/${await upload(ada, bytes)}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${ada.token}` } });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    expect((await fetch(url)).status).toBe(401);
  });

  test("media that never was is not found", async () => {
    const ada = await stage.person("ada");
    const domain = ada.userId.slice(ada.userId.indexOf(":") + 1);
    const path = `/_matrix/client/v1/media/download/${domain}/nosuchmedia`;
    const reply = await request(ada.baseUrl, "GET", path, { token: ada.token });
    expect([reply.status, reply.body["errcode"]]).toEqual([404, "M_NOT_FOUND"]);
  });

  test("the upload limit is told", async () => {
    const ada = await stage.person("ada");
    const path = "/_matrix/client/v1/media/config";
    const reply = await request(ada.baseUrl, "GET", path, { token: ada.token });
    expect(reply.body["m.upload.size"]).toEqual(expect.any(Number));
  });
}
