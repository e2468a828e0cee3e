import { describe, expect, test } from "vitest";
import { alice, aMember, aMessage, anEvent, aRedaction, bob, TestTimeline } from "./fixtures.ts";

// Situations of DSP-02…10 and STA-16, one by one; profiles.model.test.ts covers their mixtures.

const renamed = (from: string, to: string) => aMember(alice, { displayname: to }, { displayname: from });

/** A room whose newest event is known and whose history is behind a gap. */
function withGap(...live: ReturnType<typeof aMessage>[]): TestTimeline {
  const timeline = new TestTimeline();
  timeline.append(live, { isLimited: true, prevBatch: "t1" });
  return timeline;
}

describe("paging back", () => {
  test("shows the old name before a rename inside a page and the new one after it", () => {
    const timeline = withGap(aMessage("live"));
    const [before, rename, after] = [aMessage("1"), renamed("Old", "New"), aMessage("2")];
    timeline.page([after, rename, before], "t0");
    const names = timeline.names();
    expect([names[before.eventId], names[rename.eventId], names[after.eventId]]).toEqual([
      "Old",
      "New",
      "New",
    ]);
  });

  test("tells several renames of one page apart, also without prev_content", () => {
    const timeline = withGap(aMessage("live"));
    const events = [
      aMember(alice, { displayname: "A" }),
      aMessage("1"),
      aMember(alice, { displayname: "B" }),
      aMessage("2"),
      aMember(alice, { displayname: "C" }),
      aMessage("3"),
    ];
    timeline.page(events.toReversed(), "t0");
    expect(events.map((event) => timeline.names()[event.eventId])).toEqual(["A", "A", "B", "B", "C", "C"]);
  });

  test("shows an avatar that changed while the name stayed", () => {
    const timeline = withGap(aMessage("live"));
    const was = { displayname: "A", avatar_url: "mxc://x/old" };
    const events = [
      aMessage("1"),
      aMember(alice, { displayname: "A", avatar_url: "mxc://x/new" }, was),
      aMessage("2"),
    ];
    timeline.page(events.toReversed(), "t0");
    expect(
      timeline
        .visible()
        .slice(0, 3)
        .map((row) => row.senderAvatar),
    ).toEqual(["mxc://x/old", "mxc://x/new", "mxc://x/new"]);
  });

  test("corrects a guess when the member event that governs it comes with a later page", () => {
    const newer = aMessage("2");
    const timeline = withGap(aMessage("live"));
    timeline.members.set(alice, { name: "Wrong", avatarMxc: null });
    timeline.page([newer], "t0", [aMember(alice, { displayname: "Guess" })]);
    expect(timeline.names()[newer.eventId]).toBe("Guess");
    timeline.page([aMember(alice, { displayname: "Right" })], "t-1");
    expect(timeline.names()[newer.eventId]).toBe("Right");
  });

  test("does not carry a name over a gap", () => {
    const first = aMessage("before the gap");
    const timeline = new TestTimeline();
    timeline.append([aMember(alice, { displayname: "Old" }), first]);
    const live = aMessage("after the gap");
    timeline.members.set(alice, { name: "New", avatarMxc: null });
    timeline.append([live], { isLimited: true, prevBatch: "t1" });
    const inGap = aMessage("in the gap");
    timeline.page([inGap], "t0", [aMember(alice, { displayname: "Mid" })]);
    expect(timeline.names()).toEqual({ [live.eventId]: "New", [inGap.eventId]: "Mid" });
  });

  test("settles both sides when the gap closes", () => {
    const join = aMember(alice, { displayname: "Old" });
    const first = aMessage("before the gap");
    const timeline = new TestTimeline();
    timeline.append([join, first]);
    timeline.append([aMessage("live", { sender: bob })], { isLimited: true, prevBatch: "t1" });
    const inGap = aMessage("in the gap");
    timeline.page([inGap], "t0", [aMember(alice, { displayname: "A wrong guess" })]);
    timeline.page([first, join], null);
    expect(timeline.names()[inGap.eventId]).toBe("Old");
  });

  test("leaves what live events settled alone, and live events leave what was paged alone", () => {
    const live = aMessage("live");
    const timeline = new TestTimeline();
    timeline.members.set(alice, { name: "Now", avatarMxc: null });
    timeline.append([live], { isLimited: true, prevBatch: "t1" });
    const old = aMessage("old");
    timeline.page([old, aMember(alice, { displayname: "Then" })], "t0");
    timeline.append([renamed("Now", "Later"), aMessage("newest")]);
    expect(Object.values(timeline.names())).toEqual(["Then", "Then", "Now", "Later", "Later"]);
  });

  test("keeps the name of a kicked person for what they said before", () => {
    const timeline = withGap(aMessage("live", { sender: bob }));
    const said = aMessage("said");
    const kick = anEvent({
      type: "m.room.member",
      sender: bob,
      stateKey: alice,
      content: { membership: "leave" },
      unsigned: { prev_content: { membership: "join", displayname: "Alice" } },
    });
    timeline.page([kick, said], "t0");
    expect(timeline.names()[said.eventId]).toBe("Alice");
  });

  test("shows who left under the name they had, also when the leave itself does not say it", () => {
    const timeline = withGap(aMessage("live", { sender: bob }));
    const leave = anEvent({
      type: "m.room.member",
      stateKey: alice,
      content: { membership: "leave" },
      unsigned: { prev_content: { membership: "join", displayname: "Alice" } },
    });
    const laterJoin = aMember(alice, { displayname: "Alicia" }, undefined, {
      unsigned: { prev_content: { membership: "leave" } },
    });
    timeline.page([laterJoin, leave], "t0", [aMember(alice, { displayname: "Alicia" })]);
    expect(timeline.names()).toMatchObject({ [leave.eventId]: "Alice", [laterJoin.eventId]: "Alicia" });
  });

  test("understands prev_content where the API of 2015 had it", () => {
    const timeline = withGap(aMessage("live"));
    const said = aMessage("said");
    const rename = aMember(alice, { displayname: "New" }, undefined, {
      prev_content: { membership: "join", displayname: "Old" },
    });
    timeline.page([rename, said], "t0");
    expect(timeline.names()[said.eventId]).toBe("Old");
  });
});

describe("unknown people", () => {
  test("get their name when a page brings their member event beside it", () => {
    const live = aMessage("live");
    const timeline = withGap(live);
    expect(timeline.names()[live.eventId]).toBeNull();
    timeline.page([aMessage("older", { sender: bob })], "t0", [aMember(alice, { displayname: "Alice" })]);
    expect(timeline.names()[live.eventId]).toBe("Alice");
  });

  test("get the name they had, not the one they take, when their first member event is a rename", () => {
    const live = aMessage("live");
    const timeline = withGap(live);
    timeline.append([renamed("Alice", "Alicia")]);
    expect(timeline.names()[live.eventId]).toBe("Alice");
  });

  test("keep the name they have when another is learnt", () => {
    const live = aMessage("live");
    const timeline = new TestTimeline();
    timeline.append([aMember(alice, { displayname: "Alice" }), live]);
    timeline.writer.learnProfile(timeline.roomId, alice, { name: "Other", avatarMxc: null });
    expect(timeline.names()[live.eventId]).toBe("Alice");
  });
});

test("a redacted member event takes the name it gave with it, and no other", () => {
  const timeline = new TestTimeline();
  const bad = renamed("Alice", "Something rude");
  const events = [
    aMember(alice, { displayname: "Alice" }),
    aMessage("1"),
    bad,
    aMessage("2"),
    renamed("Something rude", "Alice"),
    aMessage("3"),
  ];
  timeline.append(events);
  timeline.append([aRedaction(bad.eventId, { sender: bob })]);
  expect(events.map((event) => timeline.names()[event.eventId])).toEqual([
    "Alice",
    "Alice",
    null,
    null,
    "Alice",
    "Alice",
  ]);
});
