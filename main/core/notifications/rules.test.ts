import { describe, expect, it } from "vitest";
import { defaultPushRules } from "./default-rules.ts";
import { mayNotify } from "./permission.ts";
import { pathNames } from "./property.ts";
import { evaluate, parsePushRules, readActions, type PushContext, type PushRules } from "./rules.ts";

// The specification's own examples and words (Push notifications; Appendices), and requirements PUSH-01…12.

const ann = "@ann:dunlin.test";
const ben = "@ben:dunlin.test";
const inRoom: PushContext = { ownUserId: ann, ownName: "Ann", memberCount: 5, mayNotify: () => false };
const aMessage = (body: string, content: object = {}, more: object = {}) => ({
  type: "m.room.message",
  sender: ben,
  room_id: "!room:dunlin.test",
  content: { msgtype: "m.text", body, ...content },
  ...more,
});
const only = (kind: string, ...rules: object[]): PushRules =>
  parsePushRules({
    global: { [kind]: rules.map((rule, i) => ({ rule_id: `r${i}`, actions: ["notify"], ...rule })) },
  });
const doesNotify = (rules: PushRules, event: object, context = inRoom): boolean =>
  evaluate(rules, event as never, context).notifies;
const when = (...conditions: object[]): PushRules => only("override", { conditions });

describe("event_match", () => {
  const topic = (value: unknown) => ({
    type: "m.room.topic",
    sender: ben,
    state_key: "",
    content: { topic: value },
  });
  it.each([
    ["Lunch plans", true],
    ["LUNCH", true],
    [" lunch", false],
    ["lunc", false],
    [null, false],
    [5, false],
  ])("lunc?* on a topic %j: %s", (value, isMatch) => {
    expect(
      doesNotify(when({ kind: "event_match", key: "content.topic", pattern: "lunc?*" }), topic(value)),
    ).toBe(isMatch);
  });

  it.each([
    ["An example event.", "ex*ple", true],
    ["exple", "ex*ple", true],
    ["An exciting triple-whammy", "ex*ple", true],
    ["a complex ample", "ex*ple", false],
    ["Cake!", "cake", true],
    ["cakes", "cake", false],
    ["a cake is a lie, they said", "cake*lie", true],
    ["cake\nis a lie", "cake*lie", true],
    ["tea_time", "tea", false],
    ["über-tea", "tea", true],
    ["ate", "?", false],
    ["a b", "?", true],
  ])("in a body %j the pattern %j: %s", (body, pattern, isMatch) => {
    expect(doesNotify(only("content", { pattern }), aMessage(body))).toBe(isMatch);
    expect(doesNotify(when({ kind: "event_match", key: "content.body", pattern }), aMessage(body))).toBe(
      isMatch,
    );
  });

  it("does not match what is absent, even with a star", () => {
    expect(
      doesNotify(when({ kind: "event_match", key: "content.nothing", pattern: "*" }), aMessage("hi")),
    ).toBe(false);
    expect(
      doesNotify(
        when({ kind: "event_match", key: "content.constructor.name", pattern: "*" }),
        aMessage("hi"),
      ),
    ).toBe(false);
  });

  it("matches an empty state key", () => {
    const rules = when({ kind: "event_match", key: "state_key", pattern: "" });
    expect(doesNotify(rules, topic("x"))).toBe(true);
    expect(doesNotify(rules, aMessage("x"))).toBe(false);
  });

  it("answers at once for a pattern and a body made to be slow", () => {
    const rules = only("content", { pattern: "*a*a*a*a*a*a*a*a*a*a*a*b" });
    expect(doesNotify(rules, aMessage("a".repeat(20_000)))).toBe(false);
  });
});

describe("a dotted key", () => {
  it.each([
    ["content.body", ["content", "body"]],
    ["content.m\\.relates_to", ["content", "m.relates_to"]],
    ["content.m\\\\foo", ["content", "m\\foo"]],
    ["content.m\\x", ["content", "m\\x"]],
    ["content.m\\\\.foo", ["content", "m\\", "foo"]],
  ])("%s names %j", (path, names) => expect(pathNames(path)).toEqual(names));
});

describe("event_property_is and event_property_contains", () => {
  const event = (federate: unknown) => ({
    type: "m.room.create",
    sender: ben,
    content: { "m.federate": federate },
  });
  it.each([
    [true, true],
    ["true", false],
    [1, false],
    [undefined, false],
  ])("m.federate %j is true: %s", (value, isMatch) => {
    expect(
      doesNotify(when({ kind: "event_property_is", key: "content.m\\.federate", value: true }), event(value)),
    ).toBe(isMatch);
  });

  it("compares null, and takes no objects", () => {
    expect(
      doesNotify(when({ kind: "event_property_is", key: "content.m\\.federate", value: null }), event(null)),
    ).toBe(true);
    expect(
      doesNotify(when({ kind: "event_property_is", key: "content.m\\.federate", value: {} }), event({})),
    ).toBe(false);
    expect(doesNotify(when({ kind: "event_property_is", key: "content.gone" }), event(true))).toBe(false);
  });

  it.each([
    ["#myroom:example.com", true],
    [":example.com", false],
  ])("alt_aliases contains %j: %s", (value, isMatch) => {
    const aliases = {
      type: "m.room.canonical_alias",
      sender: ben,
      content: { alt_aliases: ["#somewhere:example.org", "#myroom:example.com", {}, []] },
    };
    expect(
      doesNotify(when({ kind: "event_property_contains", key: "content.alt_aliases", value }), aliases),
    ).toBe(isMatch);
    expect(
      doesNotify(when({ kind: "event_property_contains", key: "content.alt_aliases", value: {} }), aliases),
    ).toBe(false);
  });
});

describe("the other conditions", () => {
  it.each([
    ["2", 2, true],
    ["==2", 2, true],
    ["<3", 2, true],
    ["<2", 2, false],
    [">1", 2, true],
    [">=2", 2, true],
    ["<=10", 10, true],
    ["<=10", 11, false],
    ["2.5", 2, false],
    ["=2", 2, false],
    ["", 0, false],
  ])("room_member_count %j among %i: %s", (is, memberCount, isMatch) => {
    expect(
      doesNotify(when({ kind: "room_member_count", is }), aMessage("x"), { ...inRoom, memberCount }),
    ).toBe(isMatch);
  });

  it.each([
    ["hello Ann!", "Ann", true],
    ["annual", "Ann", false],
    ["a * b", "*", true],
    ["anything", "*", false],
    ["x", null, false],
  ])("contains_display_name in %j for %j: %s", (body, ownName, isMatch) => {
    expect(doesNotify(when({ kind: "contains_display_name" }), aMessage(body), { ...inRoom, ownName })).toBe(
      isMatch,
    );
  });

  it("sender_notification_permission asks for the level of its key", () => {
    const rules = when({ kind: "sender_notification_permission", key: "room" });
    const asked: string[] = [];
    const context = {
      ...inRoom,
      mayNotify: (sender: string, key: string) => asked.push(`${sender} ${key}`) > 0,
    };
    expect(doesNotify(rules, aMessage("x"), context)).toBe(true);
    expect(asked).toEqual([`${ben} room`]);
  });

  it.each([
    [{ users: { [ben]: 50 } }, true],
    [{ users: { [ben]: 49 } }, false],
    [{ users_default: 50 }, true],
    [{ users: { [ben]: "60" } }, true],
    [{ notifications: { room: 10 }, users: { [ben]: 10 } }, true],
    [{ notifications: { room: 10 }, users: { [ben]: 9 } }, false],
  ])("with levels %j the sender may: %s", (levels, isAllowed) => {
    expect(mayNotify({ levels, creators: new Set(), areCreatorsAboveLevels: false }, ben, "room")).toBe(
      isAllowed,
    );
  });

  it("a creator may without levels, and above them since room version 12", () => {
    const creators = new Set([ben]);
    expect(mayNotify({ levels: null, creators, areCreatorsAboveLevels: false }, ben, "room")).toBe(true);
    expect(mayNotify({ levels: {}, creators, areCreatorsAboveLevels: false }, ben, "room")).toBe(false);
    expect(mayNotify({ levels: {}, creators, areCreatorsAboveLevels: true }, ben, "room")).toBe(true);
  });

  it.each([[{ kind: "org.unknown" }], [{}], [null], ["event_match"]])(
    "an unknown one, %j, never matches",
    (condition) => {
      expect(doesNotify(only("override", { conditions: [condition] }), aMessage("x"))).toBe(false);
    },
  );

  it("conditions that are no list match nothing; none match everything", () => {
    expect(doesNotify(only("override", { conditions: {} }), aMessage("x"))).toBe(false);
    expect(doesNotify(only("underride", {}), aMessage("x"))).toBe(true);
  });
});

describe("which rule decides", () => {
  const rule = (rule_id: string, actions: unknown[], more: object = {}) => ({ rule_id, actions, ...more });
  const all = {
    override: [
      rule("o", ["notify", { set_tweak: "sound", value: "o" }], {
        conditions: [{ kind: "room_member_count", is: "5" }],
      }),
    ],
    content: [rule("c", ["notify", { set_tweak: "sound", value: "c" }], { pattern: "tea" })],
    room: [rule("!room:dunlin.test", ["notify", { set_tweak: "sound", value: "r" }])],
    sender: [rule(ben, ["notify", { set_tweak: "sound", value: "s" }])],
    underride: [rule("u", ["notify", { set_tweak: "sound", value: "u" }])],
  };
  it.each(["override", "content", "room", "sender", "underride"] as const)(
    "%s goes before those after it",
    (kind) => {
      const order = ["override", "content", "room", "sender", "underride"] as const;
      const global = Object.fromEntries(order.slice(order.indexOf(kind)).map((one) => [one, all[one]]));
      expect(evaluate(parsePushRules({ global }), aMessage("time for tea"), inRoom).sound).toBe(kind[0]);
    },
  );

  it("the first of a kind wins, and a disabled one never matches", () => {
    const rules = only(
      "content",
      { pattern: "tea", enabled: false, rule_id: "off" },
      { pattern: "time", rule_id: "first" },
      { pattern: "tea" },
    );
    expect(evaluate(rules, aMessage("time for tea"), inRoom).rule?.ruleId).toBe("first");
  });

  it("cake*lie put before cake keeps it silent (PUSH-06)", () => {
    const rules = only("content", { pattern: "cake*lie", actions: [] }, { pattern: "cake" });
    expect(doesNotify(rules, aMessage("the cake is a lie"))).toBe(false);
    expect(doesNotify(rules, aMessage("cake!"))).toBe(true);
  });

  it("a beer in a room of ten rings, in one of eleven it does not (PUSH-08)", () => {
    const conditions = [
      { kind: "event_match", key: "content.body", pattern: "beer" },
      { kind: "room_member_count", is: "<=10" },
    ];
    const rules = only("override", {
      conditions,
      actions: ["notify", { set_tweak: "sound", value: "beeroclock.wav" }],
    });
    expect(evaluate(rules, aMessage("a beer?"), { ...inRoom, memberCount: 10 }).sound).toBe("beeroclock.wav");
    expect(doesNotify(rules, aMessage("a beer?"), { ...inRoom, memberCount: 11 })).toBe(false);
  });

  it("a muted room and a muted person are silent (PUSH-01, PUSH-02), `dont_notify` and nothing alike", () => {
    for (const actions of [[], ["dont_notify"], ["coalesce"]]) {
      const room = parsePushRules({
        global: { room: [{ rule_id: "!room:dunlin.test", actions }], underride: all.underride },
      });
      const person = parsePushRules({
        global: { sender: [{ rule_id: ben, actions }], underride: all.underride },
      });
      expect(doesNotify(room, aMessage("x"))).toBe(false);
      expect(doesNotify(person, aMessage("x"))).toBe(false);
      expect(doesNotify(person, aMessage("x", {}, { sender: "@cy:dunlin.test" }))).toBe(true);
    }
  });

  it("our own events never notify (PUSH-11)", () => {
    expect(doesNotify(only("underride", {}), aMessage("x", {}, { sender: ann }))).toBe(false);
  });
});

describe("actions", () => {
  it.each([
    [["notify"], { notifies: true, highlights: false, sound: null }],
    [["notify", { set_tweak: "highlight" }], { notifies: true, highlights: true, sound: null }],
    [
      ["notify", { set_tweak: "highlight", value: false }],
      { notifies: true, highlights: false, sound: null },
    ],
    [
      ["notify", { set_tweak: "sound", value: "default" }],
      { notifies: true, highlights: false, sound: "default" },
    ],
    [["notify", { set_sound: "x" }, 7, null], { notifies: true, highlights: false, sound: null }],
    [["dont_notify"], { notifies: false, highlights: false, sound: null }],
  ])("%j", (actions, meaning) => expect(readActions(actions)).toEqual(meaning));
});

describe("the specification's default rules", () => {
  const rules = defaultPushRules(ann);
  const ruleOf = (event: object, context = inRoom) =>
    evaluate(rules, event as never, context).rule?.ruleId ?? null;
  it.each<[string, object, string | null]>([
    ["a message", aMessage("hi"), ".m.rule.message"],
    ["a mention", aMessage("hi", { "m.mentions": { user_ids: [ann] } }), ".m.rule.is_user_mention"],
    ["a mention of another", aMessage("Ann", { "m.mentions": { user_ids: ["@cy:x"] } }), ".m.rule.message"],
    ["a notice", aMessage("hi", { msgtype: "m.notice" }), ".m.rule.suppress_notices"],
    ["an edit", aMessage("* hi", { "m.relates_to": { rel_type: "m.replace" } }), ".m.rule.suppress_edits"],
    ["a reaction", { type: "m.reaction", sender: ben, content: {} }, ".m.rule.reaction"],
    ["a call", { type: "m.call.invite", sender: ben, content: {} }, ".m.rule.call"],
    [
      "a tombstone",
      { type: "m.room.tombstone", state_key: "", sender: ben, content: {} },
      ".m.rule.tombstone",
    ],
    [
      "our invite",
      { type: "m.room.member", state_key: ann, sender: ben, content: { membership: "invite" } },
      ".m.rule.invite_for_me",
    ],
    [
      "a join",
      { type: "m.room.member", state_key: ben, sender: ben, content: { membership: "join" } },
      ".m.rule.member_event",
    ],
    ["a topic", { type: "m.room.topic", state_key: "", sender: ben, content: {} }, null],
  ])("%s", (_what, event, ruleId) => expect(ruleOf(event)).toBe(ruleId));

  it("a message between two has a sound, a call rings", () => {
    expect(evaluate(rules, aMessage("hi"), { ...inRoom, memberCount: 2 }).sound).toBe("default");
    expect(evaluate(rules, { type: "m.call.invite", sender: ben, content: {} }, inRoom).sound).toBe("ring");
  });

  it("@room counts from those who may", () => {
    const event = aMessage("all", { "m.mentions": { room: true } });
    expect(evaluate(rules, event, { ...inRoom, mayNotify: () => true }).highlights).toBe(true);
    expect(evaluate(rules, event, inRoom).highlights).toBe(false);
  });

  it("the master switch silences everything", () => {
    const off = rules.map((rule) => (rule.ruleId === ".m.rule.master" ? { ...rule, isEnabled: true } : rule));
    expect(doesNotify(off, aMessage("hi", { "m.mentions": { user_ids: [ann] } }))).toBe(false);
  });
});

describe("rules from before m.mentions", () => {
  const rules = parsePushRules({
    global: {
      override: [
        {
          rule_id: ".m.rule.contains_display_name",
          conditions: [{ kind: "contains_display_name" }],
          actions: ["notify"],
        },
        {
          rule_id: ".m.rule.roomnotif",
          conditions: [{ kind: "event_match", key: "content.body", pattern: "@room" }],
          actions: ["notify"],
        },
      ],
      content: [{ rule_id: ".m.rule.contains_user_name", pattern: "ann", actions: ["notify"] }],
    },
  });
  it.each(["Ann?", "all: @room", "ann"])("find %j in a body without m.mentions, and not with it", (body) => {
    expect(doesNotify(rules, aMessage(body))).toBe(true);
    expect(doesNotify(rules, aMessage(body, { "m.mentions": {} }))).toBe(false);
  });
});

describe("rules that are no rules", () => {
  it.each([[{}], [{ global: null }], [{ global: { override: {}, content: [null, 1, {}] } }]])(
    "%j are none",
    (content) => {
      expect(parsePushRules(content as never)).toEqual([]);
    },
  );
});
