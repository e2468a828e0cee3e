import cacheInitial from "./migrations/cache-0001-initial.sql?raw";
import cacheMembers from "./migrations/cache-0002-members.sql?raw";
import cacheAttention from "./migrations/cache-0003-attention.sql?raw";
import cacheMembersInOrder from "./migrations/cache-0004-members-in-order.sql?raw";
import keptDraftMentions from "./migrations/kept-0003-draft-mentions.sql?raw";
import cacheSearch from "./migrations/cache-0005-search.sql?raw";
import cacheThreads from "./migrations/cache-0006-threads.sql?raw";
import cacheIgnoredPeople from "./migrations/cache-0007-ignored-people.sql?raw";
import cacheInviteReason from "./migrations/cache-0008-invite-reason.sql?raw";
import cacheUnreadFrom from "./migrations/cache-0009-unread-from.sql?raw";
import cacheMuchUnread from "./migrations/cache-0010-much-unread.sql?raw";
import cacheNoStatistics from "./migrations/cache-0011-no-statistics.sql?raw";
import cacheUnreadOfThreads from "./migrations/cache-0012-unread-of-threads.sql?raw";
import keptInitial from "./migrations/kept-0001-initial.sql?raw";
import keptDependents from "./migrations/kept-0002-dependents.sql?raw";
import keptAttachments from "./migrations/kept-0006-attachments.sql?raw";
import keptCalls from "./migrations/kept-0004-calls.sql?raw";
import keptDuePins from "./migrations/kept-0009-due-pins.sql?raw";
import keptExports from "./migrations/kept-0005-exports.sql?raw";
import keptThreads from "./migrations/kept-0007-threads.sql?raw";
import keptWishes from "./migrations/kept-0008-wishes.sql?raw";
import keptThreadTrays from "./migrations/kept-0010-thread-trays.sql?raw";
import keptKnocks from "./migrations/kept-0011-knocks.sql?raw";
import keptNoStatistics from "./migrations/kept-0012-no-statistics.sql?raw";
import keptDueDirects from "./migrations/kept-0014-due-directs.sql?raw";
import keptNamesOfSent from "./migrations/kept-0013-names-of-sent.sql?raw";
import keptDraftEdits from "./migrations/kept-0015-draft-edits.sql?raw";

/** One numbered step of a database's schema. Steps are append-only: a released one never changes. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

export const cacheMigrations: readonly Migration[] = [
  { version: 1, sql: cacheInitial },
  { version: 2, sql: cacheMembers },
  { version: 3, sql: cacheAttention },
  { version: 4, sql: cacheMembersInOrder },
  { version: 5, sql: cacheSearch },
  { version: 6, sql: cacheThreads },
  { version: 7, sql: cacheIgnoredPeople },
  { version: 8, sql: cacheInviteReason },
  { version: 9, sql: cacheUnreadFrom },
  { version: 10, sql: cacheMuchUnread },
  { version: 11, sql: cacheNoStatistics },
  { version: 12, sql: cacheUnreadOfThreads },
];
export const keptMigrations: readonly Migration[] = [
  { version: 1, sql: keptInitial },
  { version: 2, sql: keptDependents },
  { version: 3, sql: keptDraftMentions },
  { version: 4, sql: keptCalls },
  { version: 5, sql: keptExports },
  { version: 6, sql: keptAttachments },
  { version: 7, sql: keptThreads },
  { version: 8, sql: keptWishes },
  { version: 9, sql: keptDuePins },
  { version: 10, sql: keptThreadTrays },
  { version: 11, sql: keptKnocks },
  { version: 12, sql: keptNoStatistics },
  { version: 13, sql: keptNamesOfSent },
  { version: 14, sql: keptDueDirects },
  { version: 15, sql: keptDraftEdits },
];
