-- The unread replies of a room's threads are asked for with every change of an open room: not by reading all that is unread.
CREATE INDEX attention_of_threads ON attention (room_id, thread_id, is_highlight) WHERE thread_id <> '';
