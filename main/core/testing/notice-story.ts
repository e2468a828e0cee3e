import type { Homeserver } from "../../../e2e/homeserver/index.ts";
import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { Notice } from "../../../preload/contract/models/notice.ts";
import type { CoreRig } from "./core-rig.ts";

// What stories about notifications begin with: rooms of Ben's where he says something, and a host that shows. Test support.

/** Each asks for the server anew: every test has its own. */
export function noticeStory(server: () => Homeserver) {
  return {
    aRoom: (name = "Harbour", members = ["ann", "cy"]): RoomId =>
      server().world.createRoom({ creator: "ben", members, name }) as RoomId,
    says: (roomId: string, content: string | Record<string, unknown>, sender = "ben"): EventId =>
      server().world.sendMessage(roomId, sender, content) as EventId,
  };
}

export const bodies = (notices: readonly Notice[]): string[] =>
  notices.map(({ title, body }) => `${title}: ${body}`);

/** A host that shows what stands. Every notification that was ever shown, once per showing. */
export function watchNotices(rig: CoreRig) {
  const notices = rig.watch("notices");
  const show = (standing: readonly Notice[]): void => {
    for (const { tag, version } of standing)
      void rig.core.handlers.actOnNotice({ tag, act: { act: "shown", version } });
  };
  show(rig.core.topics.notices(null, show).snapshot);
  return {
    until: (isWanted: (now: readonly Notice[]) => boolean) => notices.until(isWanted),
    get now() {
      return notices.value;
    },
    get told() {
      const seen = new Map<number, Notice>();
      for (const value of notices.values) for (const notice of value) seen.set(notice.version, notice);
      return [...seen.values()];
    },
  };
}
