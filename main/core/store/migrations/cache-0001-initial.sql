-- cache.db: everything that can be had again from the homeserver. May be thrown away whole at any time.

-- next_batch, filter_id, epoch (a random name of this cache; queue rows remember it), …
CREATE TABLE sync_state (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE rooms (
  room_id TEXT PRIMARY KEY,
  membership TEXT NOT NULL,                 -- our own: join invite knock leave ban
  name TEXT,                                -- computed display name, plain text
  topic TEXT,
  avatar_mxc TEXT,                          -- already parsed strictly
  joined_count INTEGER NOT NULL DEFAULT 0,
  invited_count INTEGER NOT NULL DEFAULT 0,
  heroes TEXT NOT NULL DEFAULT '[]',        -- JSON array of user ids, from the sync summary
  unread INTEGER NOT NULL DEFAULT 0,
  highlight INTEGER NOT NULL DEFAULT 0,
  last_activity_ts INTEGER NOT NULL DEFAULT 0,
  preview TEXT,                             -- JSON RoomPreview
  preview_event_id TEXT,                    -- what the preview was made from, so that a redaction finds it
  is_encrypted INTEGER NOT NULL DEFAULT 0,
  is_muted INTEGER NOT NULL DEFAULT 0,
  tags TEXT NOT NULL DEFAULT '[]',          -- JSON array of tag names
  direct_user_id TEXT,
  fully_read_event_id TEXT,                 -- m.fully_read: where the "New" line stands
  replacement_room_id TEXT,                 -- m.room.tombstone
  inviter_id TEXT,
  invite_is_direct INTEGER NOT NULL DEFAULT 0
);

-- Current state without members: newest of (type, state_key) wins (STA-01).
CREATE TABLE state (
  room_id TEXT NOT NULL,
  type TEXT NOT NULL,
  state_key TEXT NOT NULL,
  event_id TEXT,
  sender TEXT NOT NULL,
  content TEXT NOT NULL,                    -- JSON
  PRIMARY KEY (room_id, type, state_key)
) WITHOUT ROWID;

-- Current members as far as we were told of them (lazy loading).
CREATE TABLE members (
  room_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  membership TEXT NOT NULL,
  display_name TEXT,
  avatar_mxc TEXT,
  PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;
CREATE INDEX members_by_name ON members (room_id, display_name) WHERE display_name IS NOT NULL;

-- Content apart from position.
CREATE TABLE events (
  event_id TEXT PRIMARY KEY,
  room_id TEXT NOT NULL,
  type TEXT NOT NULL,
  sender TEXT NOT NULL,
  origin_server_ts INTEGER NOT NULL,
  state_key TEXT,                           -- NULL: not a state event (STA-02)
  relates_to TEXT,                          -- m.relates_to.event_id
  rel_type TEXT,
  transaction_id TEXT,                      -- unsigned.transaction_id: we sent it from this device
  sender_name TEXT,                         -- display name at the time of the event (DSP-02)
  sender_avatar TEXT,                       -- mxc at the time
  profile INTEGER NOT NULL DEFAULT 0,       -- 0 unknown, 1 best guess, 2 from a member event before it
  is_redacted INTEGER NOT NULL DEFAULT 0,
  html TEXT,                                -- formatted body, sanitised on ingest
  raw TEXT NOT NULL                         -- JSON, as the server gave it (stripped when redacted)
);
CREATE INDEX events_relates_to ON events (relates_to) WHERE relates_to IS NOT NULL;
CREATE INDEX events_transaction_id ON events (transaction_id) WHERE transaction_id IS NOT NULL;
-- Profiles through history (DSP-05): a person's member events, and the rows that still wait for a better profile.
CREATE INDEX events_members ON events (room_id, state_key) WHERE type = 'm.room.member';
CREATE INDEX events_unsettled ON events (room_id, sender) WHERE profile < 2;

-- A stretch of history without holes. prev_batch NULL: joined to the older segment, or the start of the room.
CREATE TABLE segments (
  room_id TEXT NOT NULL,
  segment INTEGER NOT NULL,
  prev_batch TEXT,
  PRIMARY KEY (room_id, segment)
) WITHOUT ROWID;

-- Order is (segment, position) and nothing else.
CREATE TABLE timeline (
  room_id TEXT NOT NULL,
  segment INTEGER NOT NULL,
  position INTEGER NOT NULL,
  event_id TEXT NOT NULL UNIQUE,
  PRIMARY KEY (room_id, segment, position)
) WITHOUT ROWID;

-- Redactions seen, kept so that one that came before its target still applies (RED-09).
CREATE TABLE redactions (
  redacts TEXT PRIMARY KEY,
  room_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  raw TEXT NOT NULL                         -- JSON of the redaction event
) WITHOUT ROWID;

-- Newest receipt of a person (main timeline and unthreaded are one for us).
CREATE TABLE receipts (
  room_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  ts INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;
CREATE INDEX receipts_by_event ON receipts (room_id, event_id);

-- Account data; room_id '' is global.
CREATE TABLE account_data (
  room_id TEXT NOT NULL,
  type TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (room_id, type)
) WITHOUT ROWID;
