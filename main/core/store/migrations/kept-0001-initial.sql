-- kept.db: what the user made here and nobody else has. Never thrown away, always migrated in place; every commit
-- is synchronous = FULL.

-- The send queue (architecture.md, section 4.B). One lane per person and room; order is `seq`.
CREATE TABLE outgoing (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  transaction_id TEXT NOT NULL UNIQUE,
  event_type TEXT NOT NULL,
  content TEXT NOT NULL,                    -- JSON
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'parked')),
  reason TEXT,                              -- JSON UnsentReason when parked
  blocks INTEGER NOT NULL DEFAULT 0,        -- parked, and nothing typed after it may go before it does (SEND-12)
  event_id TEXT,                            -- when sent
  attempts INTEGER NOT NULL DEFAULT 0,      -- raised on disk before the request leaves
  may_have_arrived INTEGER NOT NULL DEFAULT 0, -- some attempt ended without proof that the server did not take it
  attempt_device_id TEXT,                   -- device of the first such attempt: transaction ids live per device
  attempted_at INTEGER,                     -- its time, ms since the epoch: servers forget transaction ids
  attempt_epoch TEXT,                       -- cache epoch then
  attempt_segment INTEGER,                  -- newest segment of the room then: another one now means a gap
  failing_ms INTEGER NOT NULL DEFAULT 0,    -- time spent failing in a row while there was a connection (SEND-07)
  queued_at INTEGER NOT NULL,               -- ms since the epoch; for display
  waiting_since INTEGER NOT NULL            -- ms since the epoch; the 24 hours count from here, Retry sets it anew
);
CREATE INDEX outgoing_lane ON outgoing (user_id, room_id, seq);
CREATE INDEX outgoing_room ON outgoing (room_id, seq);
CREATE INDEX outgoing_queued ON outgoing (user_id, room_id, seq) WHERE state = 'queued';

-- The queue as the core names it.
CREATE VIEW outgoing_rows AS
SELECT seq, user_id AS userId, room_id AS roomId, transaction_id AS transactionId, event_type AS eventType, content,
       state, reason, blocks, event_id AS eventId, attempts, may_have_arrived AS mayHaveArrived,
       attempt_device_id AS attemptDeviceId, attempted_at AS attemptedAt, attempt_epoch AS attemptEpoch, attempt_segment AS attemptSegment,
       failing_ms AS failingMs, queued_at AS queuedAt, waiting_since AS waitingSince
FROM outgoing;

-- Transaction ids that have left the queue. A request repeated over a dropped connection must not become a second
-- message, also when the first is long sent, deleted or replaced.
CREATE TABLE settled (
  transaction_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('arrived', 'deleted', 'replaced')),
  queued_at INTEGER NOT NULL,
  settled_at INTEGER NOT NULL               -- ms since the epoch
) WITHOUT ROWID;
CREATE INDEX settled_by_age ON settled (settled_at);

CREATE TABLE drafts (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  body TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, room_id)
) WITHOUT ROWID;

-- One latest-wins read receipt per room, until the server has it.
CREATE TABLE pending_receipts (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  receipt_type TEXT NOT NULL,               -- m.read | m.read.private
  PRIMARY KEY (user_id, room_id)
) WITHOUT ROWID;

CREATE TABLE preferences (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL                       -- JSON
) WITHOUT ROWID;
