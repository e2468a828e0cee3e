-- What deserves the user's attention (notifications/README.md).

-- Unread events that notify by the push rules. A row leaves when its event is read, redacted, or no longer counts.
CREATE TABLE attention (
  event_id TEXT PRIMARY KEY,
  room_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,                  -- '' the main timeline, else the thread's root
  is_highlight INTEGER NOT NULL,
  sound TEXT,
  rule_kind TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  pattern TEXT,                             -- of a content rule: the word
  is_told INTEGER NOT NULL                  -- 1: the user was told of it by a notification, or is not to be told
) WITHOUT ROWID;
CREATE INDEX attention_by_room ON attention (room_id);
CREATE INDEX attention_untold ON attention (room_id) WHERE is_told = 0;

-- Up to where we have read, by our receipts, our own messages, and what was read here.
CREATE TABLE read_positions (
  room_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,                  -- '' the whole room, 'main', else the thread's root
  event_id TEXT NOT NULL,
  ts INTEGER NOT NULL,                      -- ms since the epoch; orders positions whose events we do not have
  PRIMARY KEY (room_id, thread_id)
) WITHOUT ROWID;
INSERT INTO read_positions (room_id, thread_id, event_id, ts)
SELECT room_id, '', event_id, ts FROM receipts
WHERE user_id = (SELECT value FROM sync_state WHERE key = 'user_id');

-- What the server said last, for rooms where we do not have all that is unread.
CREATE TABLE server_counts (
  room_id TEXT PRIMARY KEY,
  unread INTEGER NOT NULL,
  highlight INTEGER NOT NULL,
  is_used INTEGER NOT NULL                  -- 1: the room shows these, as our history has a hole
) WITHOUT ROWID;
INSERT INTO server_counts (room_id, unread, highlight, is_used) SELECT room_id, unread, highlight, 1 FROM rooms;

ALTER TABLE rooms ADD COLUMN is_marked_unread INTEGER NOT NULL DEFAULT 0;

-- What the server last said of people's presence (PRE-01).
CREATE TABLE presence (
  user_id TEXT PRIMARY KEY,
  state TEXT NOT NULL,                      -- online idle offline unknown
  last_active_ts INTEGER,                   -- ms since the epoch by our clock, made from last_active_ago on arrival
  is_active INTEGER NOT NULL,
  status TEXT
) WITHOUT ROWID;

-- Invitations that stand, and whether the user was told.
CREATE TABLE invites (
  room_id TEXT PRIMARY KEY,
  is_told INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO invites (room_id, is_told) SELECT room_id, 1 FROM rooms WHERE membership = 'invite';
