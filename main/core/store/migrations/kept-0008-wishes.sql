-- What the user wants to be so about a room and the server does not have yet. Of each key only the latest matters.
CREATE TABLE wishes (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  key TEXT NOT NULL,                        -- tag | marked-unread | level
  value TEXT NOT NULL,                      -- JSON
  before TEXT NOT NULL,                     -- JSON: what stands again when the server refuses
  PRIMARY KEY (user_id, room_id, key)
) WITHOUT ROWID;

-- All messages of somebody in a room are to be deleted: one row for each of them and one for the whole.
CREATE TABLE mass_redactions (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  sender_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  total INTEGER NOT NULL,
  refused INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, room_id, sender_id)
) WITHOUT ROWID;
CREATE TABLE due_redactions (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  sender_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  transaction_id TEXT NOT NULL,             -- the same for every attempt: the server deletes once
  PRIMARY KEY (user_id, room_id, sender_id, event_id)
) WITHOUT ROWID;
