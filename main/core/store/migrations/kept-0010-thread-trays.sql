-- The tray of each composer; a thread has its own, named by its root's event id, or by the transaction id under which a
-- root of ours waits. '' the room's own.
CREATE TABLE trays (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  staged_id TEXT NOT NULL,
  thumbnail_id TEXT,
  attachment TEXT NOT NULL,                 -- JSON Attachment
  PRIMARY KEY (user_id, room_id, thread_id, position)
) WITHOUT ROWID;
INSERT INTO trays (user_id, room_id, thread_id, position, staged_id, thumbnail_id, attachment)
SELECT user_id, room_id, '', position, staged_id, thumbnail_id, attachment FROM draft_attachments;
DROP TABLE draft_attachments;
ALTER TABLE trays RENAME TO draft_attachments;
