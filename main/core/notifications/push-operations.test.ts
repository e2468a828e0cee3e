import { describe, expect, it } from "vitest";
import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { PushChange, RoomNotifications } from "../../../preload/contract/models/attention.ts";
import { isObject, type JsonObject } from "../event.ts";
import { applyOperations, planChange, roomLevel } from "./push-operations.ts";
import { buildSettings } from "./push-settings.ts";
import { evaluate, parsePushRules, type PushContext } from "./rules.ts";

const roomId = "!room:x" as RoomId;
const content: JsonObject = {
  device: { kept: true },
  global: {
    override: [
      { rule_id: ".m.rule.master", default: true, enabled: false, actions: [] },
      {
        rule_id: ".m.rule.suppress_notices",
        default: true,
        enabled: true,
        actions: [],
        conditions: [{ kind: "event_match", key: "content.msgtype", pattern: "m.notice" }],
      },
      {
        rule_id: ".m.rule.is_user_mention",
        default: true,
        enabled: true,
        actions: ["notify", { set_tweak: "highlight" }],
        conditions: [
          { kind: "event_property_contains", key: "content.m\\.mentions.user_ids", value: "@ann:x" },
        ],
      },
    ],
    content: [],
    room: [],
    sender: [],
    underride: [
      {
        rule_id: ".m.rule.room_one_to_one",
        default: true,
        enabled: true,
        actions: ["notify", { set_tweak: "sound", value: "default" }],
        conditions: [{ kind: "room_member_count", is: "2" }],
      },
      {
        rule_id: ".m.rule.message",
        default: true,
        enabled: true,
        actions: ["notify"],
        conditions: [{ kind: "event_match", key: "type", pattern: "m.room.message" }],
      },
    ],
  },
};
const after = (from: JsonObject, change: PushChange): JsonObject =>
  applyOperations(from, planChange(parsePushRules(from), change));
const settingsOf = (of: JsonObject) => buildSettings(parsePushRules(of), (id) => `name of ${id}`);
const inRoom: PushContext = { ownUserId: "@ann:x", ownName: "Ann", memberCount: 5, mayNotify: () => false };
const verdict = (of: JsonObject, body: string, more: object = {}) =>
  evaluate(
    parsePushRules(of),
    { type: "m.room.message", sender: "@ben:x", room_id: roomId, content: { body, ...more } },
    inRoom,
  );
const mention = { "m.mentions": { user_ids: ["@ann:x"] } };

describe("a room of its own", () => {
  const levels: readonly RoomNotifications[] = ["default", "all", "mentions", "mute"];
  it("goes from every level to every other, and back to no rules at all", () => {
    for (const from of levels)
      for (const to of levels) {
        const changed = after(after(content, { change: "room", roomId, level: from }), {
          change: "room",
          roomId,
          level: to,
        });
        expect(roomLevel(parsePushRules(changed), roomId)).toBe(to);
        expect(after(changed, { change: "room", roomId, level: "default" })).toEqual(content);
      }
  });

  it.each<[RoomNotifications, boolean, boolean]>([
    ["default", true, true],
    ["all", true, true],
    ["mentions", false, true],
    ["mute", false, false],
  ])("at %s a message notifies: %s, a mention: %s", (level, message, mentioned) => {
    const rules = after(content, { change: "room", roomId, level });
    expect(verdict(rules, "hi").notifies).toBe(message);
    expect(verdict(rules, "hi", mention).notifies).toBe(mentioned);
  });

  it("is named in the settings", () => {
    expect(settingsOf(after(content, { change: "room", roomId, level: "mute" })).rooms).toEqual([
      { roomId, name: `name of ${roomId}`, level: "mute" },
    ]);
  });
});

describe("a rule that another client has switched off", () => {
  const off = (kind: "content" | "room" | "override" | "sender", ruleId: string, from: JsonObject) =>
    applyOperations(from, [{ op: "enable", kind, ruleId, isEnabled: false }]);

  it("works again when its keyword is wanted again", () => {
    const added = off("content", "boat", after(content, { change: "keyword", word: "boat", level: "sound" }));
    expect(settingsOf(added).keywords).toMatchObject([{ level: "off" }]);
    const wanted = after(added, { change: "keyword", word: "boat", level: "sound" });
    expect(verdict(wanted, "a boat").highlights).toBe(true);
  });

  it("works again when its room or person is muted again", () => {
    const muted = after(content, { change: "room", roomId, level: "mute" });
    const neither = off("override", roomId, off("room", roomId, muted));
    expect(verdict(neither, "hi").notifies).toBe(true);
    expect(verdict(after(neither, { change: "room", roomId, level: "mute" }), "hi", mention).notifies).toBe(
      false,
    );
    const person = { change: "person", userId: "@ben:x" as UserId, isMuted: true } as const;
    const heard = off("sender", "@ben:x", after(content, person));
    expect(verdict(heard, "hi").notifies).toBe(true);
    expect(verdict(after(heard, person), "hi").notifies).toBe(false);
  });
});

describe("a keyword", () => {
  it("highlights with its sound, is changed in place and removed", () => {
    const added = after(content, { change: "keyword", word: " boat ", level: "sound" });
    expect(verdict(added, "a Boat!")).toMatchObject({ notifies: true, highlights: true, sound: "default" });
    const quiet = after(added, { change: "keyword", word: "BOAT", level: "on" });
    expect(settingsOf(quiet).keywords).toEqual([{ ruleId: "boat", word: "BOAT", level: "on" }]);
    expect(after(quiet, { change: "remove-keyword", ruleId: "boat" })).toEqual(content);
  });

  it.each(["a/b", "..", "C:\\", ".m.rule.x", "two words", "😀"])(
    "%j gets an id that a path and the server take",
    (word) => {
      const [operation] = planChange(parsePushRules(content), { change: "keyword", word, level: "on" });
      expect(operation?.ruleId).toMatch(/^[\p{L}\p{N}_-]+$/u);
      expect(verdict(after(content, { change: "keyword", word, level: "on" }), `x ${word} y`).notifies).toBe(
        true,
      );
    },
  );

  it("keeps the sound that another client chose for it (PUSH-03)", () => {
    const added = after(content, { change: "keyword", word: "boat", level: "on" });
    const chosen = applyOperations(added, [
      {
        ...{ op: "actions", kind: "content", ruleId: "boat" },
        actions: ["notify", { set_tweak: "sound", value: "beeroclock.wav" }],
      },
    ]);
    const again = after(chosen, { change: "keyword", word: "boat", level: "sound" });
    expect(verdict(again, "boat")).toMatchObject({ sound: "beeroclock.wav", highlights: true });
    const calm = after(again, { change: "keyword", word: "boat", level: "on" });
    expect(verdict(after(calm, { change: "keyword", word: "boat", level: "sound" }), "boat").sound).toBe(
      "default",
    );
  });

  it("is moved before and behind another, and the first that fits decides (PUSH-05, PUSH-06)", () => {
    const words = (of: JsonObject): string[] => settingsOf(of).keywords.map(({ word }) => word);
    const cake = after(content, { change: "keyword", word: "cake", level: "sound" });
    const lie = after(cake, { change: "keyword", word: "cake*lie", level: "off" });
    const three = after(lie, { change: "keyword", word: "boat", level: "on" });
    expect(words(three)).toEqual(["boat", "cake*lie", "cake"]);
    expect([verdict(three, "the cake is a lie"), verdict(three, "cake!")]).toMatchObject([
      { notifies: false },
      { notifies: true, sound: "default" },
    ]);
    const [, lieId = "", cakeId = ""] = settingsOf(three).keywords.map(({ ruleId }) => ruleId);
    const move = { change: "move-keyword", ruleId: cakeId, besideRuleId: lieId } as const;
    const outranked = after(three, { ...move, side: "before" });
    expect(words(outranked)).toEqual(["boat", "cake", "cake*lie"]);
    expect(verdict(outranked, "the cake is a lie").notifies).toBe(true);
    expect(after(outranked, { ...move, side: "after" })).toEqual(three);
    const down = { change: "move-keyword", ruleId: "boat", besideRuleId: cakeId, side: "after" } as const;
    expect(words(after(three, down))).toEqual(["cake*lie", "cake", "boat"]);
    // One of them is gone, or is the server's own.
    for (const besideRuleId of ["gone", ".m.rule.contains_user_name", "boat"])
      expect(planChange(parsePushRules(three), { ...down, besideRuleId })).toEqual([]);
  });

  it("that is spelt or switched anew stays where it is, and off where it was moved while off", () => {
    const two = ["cake", "boat"].reduce(
      (rules, word) => after(rules, { change: "keyword", word, level: "on" }),
      content,
    );
    const words = (of: JsonObject): string[] => settingsOf(of).keywords.map(({ word }) => word);
    expect(words(after(two, { change: "keyword", word: "cake", level: "off" }))).toEqual(["boat", "cake"]);
    const [operation] = planChange(parsePushRules(two), { change: "keyword", word: "Cake", level: "on" });
    expect(operation).toMatchObject({ op: "put", ruleId: "cake", place: { after: "boat" } });
    const [first] = planChange(parsePushRules(two), { change: "keyword", word: "Boat", level: "on" });
    expect(first).toMatchObject({ op: "put", ruleId: "boat", place: { before: "cake" } });
    const off = applyOperations(two, [{ op: "enable", kind: "content", ruleId: "boat", isEnabled: false }]);
    const move = { change: "move-keyword", ruleId: "boat", besideRuleId: "cake", side: "after" } as const;
    expect(settingsOf(after(off, move)).keywords).toMatchObject([
      { word: "cake", level: "on" },
      { word: "boat", level: "off" },
    ]);
  });

  it("of nothing but blanks is none", () => {
    expect(planChange(parsePushRules(content), { change: "keyword", word: "  ", level: "on" })).toEqual([]);
  });
});

describe("the rules for all rooms", () => {
  it("are shown as far as the server has them, and change", () => {
    expect(settingsOf(content).defaults).toEqual([
      { id: "direct-messages", level: "sound" },
      { id: "group-messages", level: "on" },
      { id: "mentions", level: "on" },
      { id: "bot-messages", level: "off" },
    ]);
    const changed = (["direct-messages", "group-messages", "mentions", "bot-messages"] as const).reduce(
      (rules, id) => after(rules, { change: "default", id, level: id === "mentions" ? "sound" : "on" }),
      content,
    );
    expect(settingsOf(changed).defaults.map(({ level }) => level)).toEqual(["on", "on", "sound", "on"]);
    expect(verdict(changed, "x", mention)).toMatchObject({ highlights: true, sound: "default" });
  });

  it("the master switch turns all off and on again", () => {
    const off = after(content, { change: "all-off", isOff: true });
    expect([settingsOf(off).isAllOff, verdict(off, "x", mention).notifies]).toEqual([true, false]);
    expect(after(off, { change: "all-off", isOff: false })).toEqual(content);
  });
});

it("a muted person is silent everywhere, until heard again", () => {
  const userId = "@ben:x" as UserId;
  const muted = after(content, { change: "person", userId, isMuted: true });
  expect([verdict(muted, "x").notifies, settingsOf(muted).mutedPeople]).toEqual([false, [userId]]);
  expect(after(muted, { change: "person", userId, isMuted: false })).toEqual(content);
});

it("own rules stand before the server's and behind the master, and doing one twice is doing it once", () => {
  const operations = planChange(parsePushRules(content), { change: "room", roomId, level: "mute" });
  const once = applyOperations(content, operations);
  const { global } = once;
  const override =
    isObject(global) && Array.isArray(global["override"]) ? (global["override"] as JsonObject[]) : [];
  expect(override.map((rule) => rule["rule_id"]).slice(0, 2)).toEqual([".m.rule.master", roomId]);
  expect(applyOperations(once, operations)).toEqual(once);
  expect(once["device"]).toEqual({ kept: true });
});
