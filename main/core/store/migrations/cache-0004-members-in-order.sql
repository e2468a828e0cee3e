-- The members list comes in pages, ordered by name, of rooms with tens of thousands of members.
CREATE INDEX members_in_order ON members
  (room_id, membership, lower(coalesce(display_name, substr(user_id, 2))), user_id);

-- Rooms whose members are all known here, and the newest stretch of history when they were asked for: a gap since then
-- may hide who came and went.
CREATE TABLE whole_members (
  room_id TEXT PRIMARY KEY,
  segment INTEGER NOT NULL
) WITHOUT ROWID;

-- The spaces among the rooms, and what is in them.
CREATE INDEX state_spaces ON state (room_id)
  WHERE type = 'm.room.create' AND json_extract(content, '$.type') = 'm.space';

-- In which rooms somebody is (profile cards).
CREATE INDEX members_by_user ON members (user_id, membership);
