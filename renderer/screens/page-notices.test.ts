import { expect, test } from "vitest";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { Notice, NoticeAct } from "../../preload/contract/models/notice.ts";
import { PageNotices, type ShownNotice } from "./page-notices.ts";

const aNotice = (tag: string, version: number, part: Partial<Notice> = {}): Notice => ({
  tag,
  version,
  kind: "message",
  roomId: tag as RoomId,
  eventId: null,
  title: `title of ${tag}`,
  body: `body ${version}`,
  avatar: null,
  isSilent: false,
  count: 1,
  actions: [],
  ...part,
});

function setUp(mayShow = true) {
  const shown: { title: string; options: NotificationOptions; notice: ShownNotice; isClosed: boolean }[] = [];
  const acts: [string, NoticeAct][] = [];
  const told: [string, number][] = [];
  const state = { mayShow };
  const page = new PageNotices({
    show(title, options) {
      const one = {
        title,
        options,
        isClosed: false,
        notice: { onclick: null, onclose: null, close: () => void (one.isClosed = true) } as ShownNotice,
      };
      shown.push(one);
      return one.notice;
    },
    mayShow: () => state.mayShow,
    resourceUrl: (path) => (path === null ? null : `/r/${path}`),
    act: (tag, act) => void (act.act === "shown" ? told.push([tag, act.version]) : acts.push([tag, act])),
  });
  return { page, shown, acts, told, state };
}

test("shows each version once, with its icon and sound, and closes what stands no longer", () => {
  const { page, shown, acts, told } = setUp();
  page.update([aNotice("!a", 1, { avatar: "media/x" })]);
  page.update([aNotice("!a", 1, { avatar: "media/x" })]);
  expect(shown).toHaveLength(1);
  expect(shown[0]?.options).toMatchObject({ tag: "!a", body: "body 1", icon: "/r/media/x", silent: false });
  page.update([aNotice("!a", 2, { isSilent: true })]);
  expect(shown[1]?.options).toMatchObject({ tag: "!a", silent: true });
  // Replaced, not dismissed by the user.
  expect([shown[0]?.notice.onclose, acts]).toEqual([null, []]);
  page.update([]);
  expect(shown[1]?.isClosed).toBe(true);
  expect(acts).toEqual([]);
  // No later run needs to tell them.
  expect(told).toEqual([
    ["!a", 1],
    ["!a", 2],
  ]);
});

test("a click opens, a close dismisses, and neither is told twice", () => {
  const { page, shown, acts } = setUp();
  page.update([aNotice("!a", 1), aNotice("!b", 2)]);
  shown[0]?.notice.onclick?.(new Event("click"));
  shown[1]?.notice.onclose?.(new Event("close"));
  expect(acts).toEqual([
    ["!a", { act: "open" }],
    ["!b", { act: "dismiss" }],
  ]);
  expect(shown[0]?.notice.onclose).toBeNull();
});

test("without permission nothing is shown, and what stands is shown once it is given", () => {
  const { page, shown, told, state } = setUp(false);
  page.update([aNotice("!a", 1)]);
  expect([shown, told]).toEqual([[], []]);
  state.mayShow = true;
  page.update([aNotice("!a", 1)]);
  expect(shown).toHaveLength(1);
});
