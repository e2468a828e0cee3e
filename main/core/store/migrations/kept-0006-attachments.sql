-- Files the user wants to send. Their bytes lie in <profile>/staged under the same name; a row is written when they
-- are safely there.
CREATE TABLE staged (
  staged_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('image', 'video', 'audio', 'file')),
  size INTEGER NOT NULL,                    -- bytes
  width INTEGER,                            -- px, as shown; pictures only
  height INTEGER,
  staged_at INTEGER NOT NULL                -- ms since the epoch
) WITHOUT ROWID;

-- What must be uploaded before a row of the queue can be sent. They go when it goes.
CREATE TABLE uploads (
  seq INTEGER NOT NULL REFERENCES outgoing (seq) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('file', 'thumbnail')),
  staged_id TEXT NOT NULL,
  mxc TEXT,                                 -- once the server has it; never uploaded again then (ATT-03)
  PRIMARY KEY (seq, role)
) WITHOUT ROWID;

-- The tray of each composer.
CREATE TABLE draft_attachments (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  staged_id TEXT NOT NULL,
  thumbnail_id TEXT,
  attachment TEXT NOT NULL,                 -- JSON Attachment
  PRIMARY KEY (user_id, room_id, position)
) WITHOUT ROWID;
