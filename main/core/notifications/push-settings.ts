import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type {
  PushChange,
  PushSettings,
  RoomNotifications,
} from "../../../preload/contract/models/attention.ts";
import { isObject, type JsonObject } from "../event.ts";
import { failed, FailureError, ok, toFailure, type Result, unlessRefused, type Failure } from "../failure.ts";
import { defaultLevel, defaultNotifications, levelOf } from "./push-levels.ts";
import { applyOperations, planChange, roomLevel, type PushOperation } from "./push-operations.ts";
import { parsePushRules, readActions, type PushRules } from "./rules.ts";

// The account's push rules as settings. The server owns them (PUSH-10): what is shown is its last word and, on top, what
// is wished of rooms (durable, kept by whoever hands `wish` in) and other changes that are on their way, kept in memory
// alone. A refused change disappears again; a crash leaves the last word and the wishes.

/** A room's level that the server does not have yet. */
export interface WishedLevel {
  readonly roomId: RoomId;
  readonly level: RoomNotifications;
}

export interface PushSettingsDeps {
  /** The content of m.push_rules as it is stored; null where the server has not said. */
  readonly load: () => JsonObject | null;
  /** The server has granted this. */
  readonly save: (content: JsonObject) => void;
  readonly send: (operation: PushOperation) => Promise<Result<void>>;
  readonly roomName: (roomId: RoomId) => string;
  /** Durable when it returns; brings it back through `putLevel`. */
  readonly wish: (roomId: RoomId, level: RoomNotifications) => Promise<Failure | null>;
  readonly wished: () => readonly WishedLevel[];
  /** The rules in force are others now, for these rooms by their own: count again and tell. */
  readonly onChange: (roomIds: readonly RoomId[]) => void;
}

export interface PushEditor {
  /** The rules in force: the server's and what is on its way. */
  content(): JsonObject | null;
  view(): PushSettings;
  /**
   * Resolves when the server has it; rejects with its failure, and then nothing has changed. A room's level is wished, and
   * so at once.
   */
  change(change: PushChange): Promise<void>;
  /** Makes a wished level so on the server. */
  putLevel(wish: WishedLevel): Promise<Result<void>>;
  /** It is wished no longer. */
  refused(roomId: RoomId): void;
}

export function createPushEditor(deps: PushSettingsDeps): PushEditor {
  let onTheWay: readonly (readonly PushOperation[])[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  function content(): JsonObject | null {
    const stored = deps.load();
    if (stored === null) return null;
    const wished = deps.wished().reduce((now, wish) => applyOperations(now, planLevel(now, wish)), stored);
    return applyOperations(wished, onTheWay.flat());
  }
  const rules = (): PushRules => parsePushRules(content() ?? {});

  /** One change after the other: two of one rule must arrive in order. */
  async function send(operations: readonly PushOperation[]): Promise<void> {
    for (const operation of operations) {
      const result = await deps.send(operation);
      if (!result.ok && !isGoneAlready(operation, result)) throw new FailureError(result.failure);
    }
    const stored = deps.load();
    if (stored !== null) deps.save(applyOperations(stored, operations));
  }

  return {
    content,
    view: () => buildSettings(rules(), deps.roomName),
    async change(change) {
      if (change.change === "room") {
        const tried = deps.wish(change.roomId, change.level);
        deps.onChange([change.roomId]);
        return unlessRefused(tried);
      }
      const operations = planChange(rules(), change);
      if (operations.length === 0) return;
      onTheWay = [...onTheWay, operations];
      deps.onChange([]);
      const sent = turn.then(() => send(operations));
      turn = sent.catch(() => undefined);
      try {
        await sent;
      } finally {
        onTheWay = onTheWay.filter((one) => one !== operations);
        deps.onChange([]);
      }
    },
    putLevel(wish) {
      const sent = turn.then(() => send(planLevel(deps.load() ?? {}, wish)));
      turn = sent.catch(() => undefined);
      return sent.then(
        () => ok(undefined),
        (error: unknown) => failed(toFailure(error)),
      );
    },
    refused: (roomId) => deps.onChange([roomId]),
  };
}

const planLevel = (rules: JsonObject, { roomId, level }: WishedLevel): readonly PushOperation[] =>
  planChange(parsePushRules(rules), { change: "room", roomId, level });

/** What another device has deleted is deleted. */
const isGoneAlready = (operation: PushOperation, result: Result<void>): boolean =>
  operation.op === "delete" &&
  !result.ok &&
  result.failure.kind === "rejected" &&
  result.failure.status === 404;

/** Pure: the rules as the settings show them. */
export function buildSettings(rules: PushRules, roomName: (roomId: RoomId) => string): PushSettings {
  const master = rules.find((rule) => rule.kind === "override" && rule.ruleId === ".m.rule.master");
  const rooms = new Set(
    rules.flatMap((rule) =>
      rule.kind === "room" ? [rule.ruleId] : (roomOf(rule.conditions[0]) ?? []),
    ) as RoomId[],
  );
  return {
    isAllOff: master?.isEnabled === true,
    defaults: defaultNotifications.flatMap((id) => {
      const level = defaultLevel(rules, id);
      return level === null ? [] : [{ id, level }];
    }),
    keywords: rules.flatMap((rule) =>
      rule.kind === "content" && !rule.isDefault && rule.pattern !== null
        ? [{ ruleId: rule.ruleId, word: rule.pattern, level: levelOf(rule) }]
        : [],
    ),
    rooms: [...rooms].flatMap((roomId) => {
      const level = roomLevel(rules, roomId);
      return level === "default" ? [] : [{ roomId, name: roomName(roomId), level }];
    }),
    mutedPeople: rules.flatMap((rule) =>
      rule.kind === "sender" && rule.isEnabled && !readActions(rule.actions).notifies
        ? [rule.ruleId as UserId]
        : [],
    ),
  };
}

function roomOf(condition: unknown): string | null {
  if (!isObject(condition) || condition["kind"] !== "event_match" || condition["key"] !== "room_id")
    return null;
  return typeof condition["pattern"] === "string" ? condition["pattern"] : null;
}
