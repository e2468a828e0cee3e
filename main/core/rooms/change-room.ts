import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { RoomChange } from "../../../preload/contract/models/room-details.ts";
import { objectOf, type JsonObject } from "../event.ts";
import { invalid, type Failure } from "../failure.ts";
import { parseMxc } from "../mxc.ts";
import type { MemberQueries } from "../store/queries/members.ts";
import type { RoomQueries } from "../store/queries/rooms.ts";
import { avatarContent } from "./new-room.ts";
import { creatorsAboveLevels } from "./power.ts";
import { contentOf, rightsOf, withNeededLevel, withPersonLevel, type Rights } from "./rights.ts";
import { viaServers } from "./via.ts";

// Pure but for what it reads: a change of the settings as the requests it takes.

/** One request of a change. */
export type Step =
  | { readonly to: "state"; readonly type: string; readonly content: JsonObject }
  | { readonly to: "directory"; readonly isPublished: boolean }
  | { readonly to: "add-alias" | "remove-alias"; readonly alias: string };

export interface ChangeFacts {
  /** Content of the room's state event of this type with an empty state key, or null. */
  readonly content: (type: string) => JsonObject | null;
  readonly creator: UserId | null;
}

export function stepsOf(change: RoomChange, facts: ChangeFacts): readonly Step[] | Failure {
  const state = (type: string, content: JsonObject): readonly Step[] => [{ to: "state", type, content }];
  switch (change.what) {
    case "name":
      // Taken away by an empty content: state is never deleted (MEM-16).
      return state("m.room.name", change.name.trim() === "" ? {} : { name: change.name.trim() });
    case "topic":
      return state("m.room.topic", topicContent(change.topic.trim()));
    case "avatar": {
      if (change.picture === null) return state("m.room.avatar", {});
      if (parseMxc(change.picture.mxc) === null) return invalid("not an mxc address");
      return state("m.room.avatar", avatarContent(change.picture));
    }
    case "join-rule":
      return state("m.room.join_rules", joinRules(change));
    case "history":
      return state("m.room.history_visibility", { history_visibility: change.visibility });
    case "guests":
      return state("m.room.guest_access", { guest_access: change.mayJoin ? "can_join" : "forbidden" });
    case "published":
      return [{ to: "directory", isPublished: change.isPublished }];
    case "add-alias":
    case "remove-alias":
      return aliasSteps(change.what, change.alias, facts);
    case "remove-other-alias":
      return unnamingSteps(change.alias, facts);
    case "canonical-alias":
      return state("m.room.canonical_alias", canonical(change.alias, facts));
    case "person-level":
    case "needed-level":
      return levelSteps(change, facts);
  }
}

const topicContent = (topic: string): JsonObject =>
  topic === "" ? {} : { topic, "m.topic": { "m.text": [{ body: topic, mimetype: "text/plain" }] } };

function joinRules({ rule, allow }: RoomChange & { what: "join-rule" }): JsonObject {
  if (rule !== "restricted" && rule !== "knock_restricted") return { join_rule: rule };
  return { join_rule: rule, allow: allow.map((room_id) => ({ type: "m.room_membership", room_id })) };
}

/** An address that goes must not stay in the room's state as one that works. */
function aliasSteps(what: "add-alias" | "remove-alias", alias: string, facts: ChangeFacts): readonly Step[] {
  if (what === "add-alias") return [{ to: what, alias }];
  return [...unnamingSteps(alias, facts), { to: what, alias }];
}

/** The room's state names this address no more; nothing where it does not. */
function unnamingSteps(alias: string, facts: ChangeFacts): readonly Step[] {
  const current = facts.content("m.room.canonical_alias") ?? {};
  const alternatives = aliasesOf(current).filter((other) => other !== alias);
  const isNamed = current["alias"] === alias || alternatives.length < aliasesOf(current).length;
  if (!isNamed) return [];
  const { alias: main, ...rest } = current;
  const content = {
    ...rest,
    ...(main === alias || main === undefined ? {} : { alias: main }),
    alt_aliases: alternatives,
  };
  return [{ to: "state", type: "m.room.canonical_alias", content }];
}

/** What was the main address before stays as another one. */
function canonical(alias: string | null, facts: ChangeFacts): JsonObject {
  const current = facts.content("m.room.canonical_alias") ?? {};
  const old = typeof current["alias"] === "string" ? [current["alias"]] : [];
  const others = [...new Set([...aliasesOf(current), ...old])].filter((other) => other !== alias);
  return { ...(alias === null ? {} : { alias }), ...(others.length === 0 ? {} : { alt_aliases: others }) };
}

const aliasesOf = (content: JsonObject): readonly string[] => {
  const list = content["alt_aliases"];
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === "string") : [];
};

function levelSteps(
  change: RoomChange & { what: "person-level" | "needed-level" },
  facts: ChangeFacts,
): readonly Step[] | Failure {
  const levels = facts.content("m.room.power_levels");
  const rights = rightsOf(levels, facts.content("m.room.create"), facts.creator);
  // The event as the specification's defaults have it, where the room has none yet.
  const base = levels ?? firstLevels(facts.creator, rights);
  if (change.what === "needed-level")
    return [{ to: "state", type: "m.room.power_levels", content: withNeededLevel(base, change) }];
  // In rooms of version 12 the event must not name its creators.
  if (rights.level(change.userId) === "creator") return invalid("creators stand above all levels");
  const content = withPersonLevel(base, change.userId, change.level);
  return [{ to: "state", type: "m.room.power_levels", content }];
}

/** What the creator has without the event is written down; who stands above all levels must not be named in it. */
const firstLevels = (creator: UserId | null, rights: Rights): JsonObject =>
  creator === null || rights.level(creator) === "creator" ? {} : { users: { [creator]: 100 } };

/** The facts as they are stored. */
export function storedFacts(queries: RoomQueries, roomId: RoomId): ChangeFacts {
  const row = (type: string) => queries.loadState.get({ roomId, type, stateKey: "" });
  return {
    content: (type) => contentOf(row(type)),
    creator: row("m.room.create")?.sender ?? null,
  };
}

/** Servers through which others can join, by what is known here; our own where no other is fit: we are in the room. */
export function viaOf(queries: MemberQueries, roomId: RoomId, ownServer: string): readonly string[] {
  const state = (type: string) =>
    queries.stateOfType.all({ roomId, type }).find(({ stateKey }) => stateKey === "");
  const create = state("m.room.create");
  const levels = contentOf(state("m.room.power_levels"));
  const named = [...creatorsAboveLevels(contentOf(create), create?.sender ?? null)];
  if (levels === null && create !== undefined) named.push(create.sender);
  for (const userId of Object.keys(objectOf(levels ?? {}, "users"))) named.push(userId as UserId);
  const users = JSON.stringify(named);
  // Members are loaded lazily: who is not known to be gone is there.
  const gone = new Set(
    (["leave", "ban", "invite", "knock"] as const).flatMap((membership) =>
      queries.membersAmong.all({ roomId, membership, users }).map(({ userId }) => userId),
    ),
  );
  const joined = queries.serversOf.all({ roomId }).map(({ server }) => server);
  const known = joined.length === 0 ? [ownServer] : joined;
  // Last, where few are known: the server the room began on; newer room versions do not name it.
  const began = roomId.includes(":") ? [roomId.slice(roomId.indexOf(":") + 1)] : [];
  const via = viaServers({
    servers: [...known, ...began],
    people: named.filter((userId) => !gone.has(userId)),
    rights: rightsOf(levels, contentOf(create), create?.sender ?? null),
    acl: contentOf(state("m.room.server_acl")),
  });
  return via.length === 0 ? [ownServer] : via;
}
