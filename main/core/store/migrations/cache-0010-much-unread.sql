-- One more message in a room with thousands of unread ones costs what it costs in any other.

-- Counted from the index alone.
DROP INDEX attention_by_room;
CREATE INDEX attention_by_room ON attention (room_id, is_highlight);

-- Up to which places what is read was taken out of `attention` (notifications/unread.ts): nothing in it is before them.
CREATE TABLE removed_up_to (
  room_id TEXT PRIMARY KEY,
  places TEXT NOT NULL                      -- as JSON, only to be compared
) WITHOUT ROWID;
