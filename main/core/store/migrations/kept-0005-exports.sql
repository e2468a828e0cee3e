-- An archive that is being written, or was (export/README.md). Where it stands is written down with every slice, so
-- that a kill costs at most the slice under way.
CREATE TABLE exports (
  user_id TEXT PRIMARY KEY,
  job TEXT NOT NULL                         -- JSON, export/job.ts
) WITHOUT ROWID;

-- Its rooms, in order. `written` is JSON once the room is finished.
CREATE TABLE export_rooms (
  user_id TEXT NOT NULL,
  number INTEGER NOT NULL,                  -- from 1; also in the name of the room's folder
  room_id TEXT NOT NULL,
  written TEXT,
  PRIMARY KEY (user_id, number)
) WITHOUT ROWID;
