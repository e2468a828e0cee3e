import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId, UserId } from "../../preload/contract/ids.ts";
import { defaultSettings } from "../../preload/contract/models/settings.ts";
import { realClock } from "./fake-platform.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";

// Push rules and presence between this client, the server and the user's other devices.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben")));
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const rules = (kind: string): { rule_id: string; actions: unknown[] }[] => {
  const content = server.world.readAccountData("ann", null, "m.push_rules");
  return (content?.["global"] as Record<string, { rule_id: string; actions: unknown[] }[]>)[kind] ?? [];
};

describe("push rules", () => {
  it("changed here are on the server: kind, id and body as the specification has them", async () => {
    const roomId = server.world.createRoom({ creator: "ben", members: ["ann"] }) as RoomId;
    const rig = await started();
    await rig.core.handlers.changePushRules({ change: { change: "room", roomId, level: "mute" } });
    await rig.core.handlers.changePushRules({ change: { change: "keyword", word: "a/b", level: "on" } });
    await eventually(() => rules("room").length > 0);
    expect(rules("room")).toMatchObject([{ rule_id: roomId, actions: [] }]);
    expect(rules("override").find(({ rule_id }) => rule_id === roomId)).toMatchObject({
      conditions: [{ kind: "event_match", key: "room_id", pattern: roomId }],
    });
    expect(rules("content")).toMatchObject([
      { pattern: "a/b", actions: ["notify", { set_tweak: "highlight" }] },
    ]);
    const put = await server.wire.waitFor((request) => request.path.includes("/pushrules/global/room/"));
    expect(put.path).toContain(encodeURIComponent(roomId).replace("!", "%21"));
  });

  it("are put before and behind others, and keep their place when they change (PUSH-05)", async () => {
    const rig = await started();
    const change = (wish: Parameters<typeof rig.core.handlers.changePushRules>[0]["change"]) =>
      rig.core.handlers.changePushRules({ change: wish });
    const onServer = (): string[] => rules("content").map(({ rule_id }) => rule_id);
    for (const word of ["cake", "lie", "boat"]) await change({ change: "keyword", word, level: "on" });
    expect(onServer().slice(0, 3)).toEqual(["boat", "lie", "cake"]);
    await change({ change: "move-keyword", ruleId: "cake", besideRuleId: "boat", side: "before" });
    expect(onServer().slice(0, 3)).toEqual(["cake", "boat", "lie"]);
    await change({ change: "move-keyword", ruleId: "cake", besideRuleId: "lie", side: "after" });
    const asked = server.wire.requests.filter(
      ({ method, path }) => method === "PUT" && path.endsWith("/cake"),
    );
    expect(asked.map(({ query }) => query)).toEqual([{}, { before: "boat" }, { after: "lie" }]);
    await change({ change: "keyword", word: "lie", level: "sound" });
    await change({ change: "keyword", word: "LIE", level: "sound" });
    expect(onServer().slice(0, 3)).toEqual(["boat", "lie", "cake"]);
    await rig.caughtUp("ann");
    expect(rig.watch("pushSettings").value.keywords.map(({ word }) => word)).toEqual(["boat", "LIE", "cake"]);
  });

  it("placed beside one that another device has just removed are as they were, and say so", async () => {
    const rig = await started();
    const settings = rig.watch("pushSettings");
    for (const word of ["cake", "boat"])
      await rig.core.handlers.changePushRules({ change: { change: "keyword", word, level: "on" } });
    await rig.caughtUp("ann");
    server.faults.add({
      on: { method: "PUT", path: /\/cake$/ },
      do: { error: { status: 400, errcode: "M_UNKNOWN" } },
    });
    const move = { change: "move-keyword", ruleId: "cake", besideRuleId: "boat", side: "before" } as const;
    await expect(rig.core.handlers.changePushRules({ change: move })).rejects.toMatchObject({
      failure: { kind: "rejected", status: 400 },
    });
    expect(settings.value.keywords.map(({ word }) => word)).toEqual(["boat", "cake"]);
  });

  it("switched off on another device are on again when they are wanted again here", async () => {
    const rig = await started();
    const settings = rig.watch("pushSettings");
    const change = { change: "keyword", word: "boat", level: "on" } as const;
    await rig.core.handlers.changePushRules({ change });
    const other = server.world.login("ann");
    await fetch(`${server.baseUrl}/_matrix/client/v3/pushrules/global/content/boat/enabled`, {
      method: "PUT",
      headers: { authorization: `Bearer ${other.accessToken}` },
      body: JSON.stringify({ enabled: false }),
    });
    await settings.until(({ keywords }) => keywords.some(({ level }) => level === "off"));
    await rig.core.handlers.changePushRules({ change });
    await rig.caughtUp("ann");
    expect(rules("content")).toMatchObject([{ rule_id: "boat", enabled: true }]);
    expect(settings.value.keywords).toMatchObject([{ word: "boat", level: "on" }]);
  });

  it("whose ids another client made up are changed, switched on and deleted by them, escaped whole (PUSH-04)", async () => {
    const roomId = server.world.createRoom({ creator: "ben", members: ["ann"] }) as RoomId;
    const rig = await started();
    const settings = rig.watch("pushSettings");
    const other = server.world.login("ann");
    const odd = encodeURIComponent("a/b?c");
    const elsewhere = async (rule: string, body: object): Promise<void> => {
      const url = `${server.baseUrl}/_matrix/client/v3/pushrules/global/${rule}`;
      const headers = { authorization: `Bearer ${other.accessToken}` };
      const { status } = await fetch(url, { method: "PUT", headers, body: JSON.stringify(body) });
      expect(status).toBe(200);
    };
    await elsewhere(`content/${odd}`, { pattern: "boat", actions: ["notify"] });
    await elsewhere(`content/${odd}/enabled`, { enabled: false });
    const conditions = [{ kind: "event_match", key: "room_id", pattern: roomId }];
    await elsewhere(`override/${odd}`, { conditions, actions: [] });
    await settings.until(({ keywords, rooms }) => keywords[0]?.level === "off" && rooms.length === 1);
    expect(settings.value).toMatchObject({
      keywords: [{ ruleId: "a/b?c", word: "boat" }],
      rooms: [{ roomId, level: "mute" }],
    });

    await rig.core.handlers.changePushRules({ change: { change: "keyword", word: "boat", level: "sound" } });
    expect(rules("content")).toMatchObject([{ rule_id: "a/b?c", enabled: true }]);
    expect(settings.value.keywords).toMatchObject([{ level: "sound" }]);
    await rig.core.handlers.changePushRules({ change: { change: "remove-keyword", ruleId: "a/b?c" } });
    expect(rules("content")).toEqual([]);
    await rig.core.handlers.changePushRules({ change: { change: "room", roomId, level: "default" } });
    await eventually(() => !rules("override").some(({ rule_id }) => rule_id === "a/b?c"));
    await settings.until(({ rooms }) => rooms.length === 0);
    const ours = server.wire.requests.filter(
      ({ path, token }) => path.includes("/pushrules/") && token !== other.accessToken,
    );
    expect(
      ours
        .filter(({ method }) => method !== "GET")
        .map(({ method, path }) => `${method} ${path.split("/global/")[1]}`),
    ).toEqual([
      "PUT content/a%2Fb%3Fc/actions",
      "PUT content/a%2Fb%3Fc/enabled",
      "DELETE content/a%2Fb%3Fc",
      "DELETE override/a%2Fb%3Fc",
    ]);
  });

  it("changed on another device are followed (PUSH-10)", async () => {
    const rig = await started();
    const settings = rig.watch("pushSettings");
    const other = server.world.login("ann");
    await fetch(`${server.baseUrl}/_matrix/client/v3/pushrules/global/content/boat`, {
      method: "PUT",
      headers: { authorization: `Bearer ${other.accessToken}` },
      body: JSON.stringify({ pattern: "boat", actions: ["notify"] }),
    });
    await settings.until(({ keywords }) =>
      keywords.some(({ word, level }) => word === "boat" && level === "on"),
    );
  });

  it("refused by the server go back to what they were, and say so", async () => {
    const rig = await started();
    const settings = rig.watch("pushSettings");
    server.faults.add({
      on: { method: "PUT", path: /\/pushrules\// },
      do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
    });
    const change = rig.core.handlers.changePushRules({ change: { change: "all-off", isOff: true } });
    // Shown at once.
    expect(settings.value.isAllOff).toBe(true);
    await expect(change).rejects.toMatchObject({ failure: { kind: "rejected", errcode: "M_FORBIDDEN" } });
    expect(settings.value.isAllOff).toBe(false);
  });

  it("half changed when the process dies are what the server says after the next start", async () => {
    const rig = await started();
    let release: (value: unknown) => void = () => undefined;
    const held = new Promise((resolve) => (release = resolve));
    server.faults.add({ on: { method: "PUT", path: /\/pushrules\// }, do: { holdBefore: held } });
    void Promise.resolve(
      rig.core.handlers.changePushRules({ change: { change: "all-off", isOff: true } }),
    ).catch(() => undefined);
    const again = await rig.kill()();
    expect(again.watch("pushSettings").value.isAllOff).toBe(false);
    release(null);
  });
});

describe("presence", () => {
  it("of a person is told as it changes, ages here, and is unknown while there is no connection", async () => {
    server.world.createRoom({ creator: "ben", members: ["ann"], isDirect: true });
    const rig = await started();
    const userId = server.world.user("ben").userId as UserId;
    const presence = rig.watch("presence", { userId });
    server.world.setPresence("ben", {
      presence: "unavailable",
      last_active_ago: 60_000,
      status_msg: "at sea",
    });
    await presence.until(({ state }) => state === "idle");
    expect(presence.value.status).toBe("at sea");
    const seen = presence.value.lastActiveTs ?? 0;
    expect(Math.abs(rig.platform.clock.now() - 60_000 - seen)).toBeLessThan(30_000);
    server.cut();
    const again = await rig.restart();
    expect(again.watch("presence", { userId }).value).toMatchObject({ state: "unknown", lastActiveTs: seen });
  });

  it("of ours is idle ten minutes after the window was last looked at, and online at once when it is again (PRE-04)", async () => {
    let passedMs = 0;
    const real = realClock();
    const clock = { ...real, monotonic: () => real.monotonic() + passedMs };
    const rig = await (await CoreRig.start(server, { clock })).signIn("ann");
    const roomId = server.world.createRoom({ creator: "ann", name: "Wake" }) as RoomId;
    /** What the sync says that is asked after the next one was answered. */
    const told = async (): Promise<unknown> => {
      await rig.caughtUp("ann");
      await rig.caughtUp("ann");
      return server.wire.requests.findLast(({ path }) => path.endsWith("/sync"))?.query["set_presence"];
    };
    await rig.core.handlers.attend({ roomId });
    expect(await told()).toBe("online");
    // As long as somebody looks, no time makes us idle.
    passedMs += 11 * 60_000;
    expect(await told()).toBe("online");
    await rig.core.handlers.attend({ roomId: null });
    passedMs += 9 * 60_000;
    expect(await told()).toBe("online");
    passedMs += 2 * 60_000;
    expect(await told()).toBe("unavailable");
    await rig.core.handlers.attend({ roomId });
    expect(await told()).toBe("online");
  });

  it("of ours is what the settings say on every sync", async () => {
    const rig = await started();
    await rig.core.handlers.saveSettings({ settings: { ...defaultSettings, presence: "offline" } });
    const roomId = server.world.createRoom({ creator: "ann", name: "Wake" });
    server.world.sendMessage(roomId, "ann", "up");
    await server.wire.waitFor(
      ({ path, query }) => path.endsWith("/sync") && query["set_presence"] === "offline",
    );
  });
});
