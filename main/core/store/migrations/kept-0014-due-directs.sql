-- Chats between two that are to be written into m.direct. is_joined 0: an invitation we are taking up, and the server
-- has not said yet whether we are in.
CREATE TABLE due_directs (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  with_id TEXT NOT NULL,
  is_joined INTEGER NOT NULL,
  PRIMARY KEY (user_id, room_id)
) WITHOUT ROWID;
