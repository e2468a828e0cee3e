-- kept.db: what the user made here and nobody else has. Never thrown away, always migrated in place; every commit
-- is synchronous = FULL.

-- The send queue (architecture.md, section 4.B). One lane per room; order is `seq`.
CREATE TABLE outgoing (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  transaction_id TEXT NOT NULL UNIQUE,
  event_type TEXT NOT NULL,
  content TEXT NOT NULL,                    -- JSON
  state TEXT NOT NULL,                      -- queued | sent | parked
  reason TEXT,                              -- JSON UnsentReason when parked
  event_id TEXT,                            -- when sent
  attempts INTEGER NOT NULL DEFAULT 0,      -- raised on disk before the request leaves
  attempt_device_id TEXT,                   -- the device of the first attempt: transaction ids live per device
  attempt_epoch TEXT,                       -- cache epoch at the first attempt
  attempt_segment INTEGER,                  -- newest segment of the room at the first attempt: a later one means a gap
  failing_ms INTEGER NOT NULL DEFAULT 0,    -- time spent failing while there was a connection (SEND-07)
  last_failure_at INTEGER,                  -- ms since the epoch of the last such failure in a row
  queued_at INTEGER NOT NULL                -- ms since the epoch
);
CREATE INDEX outgoing_lane ON outgoing (room_id, seq);

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
