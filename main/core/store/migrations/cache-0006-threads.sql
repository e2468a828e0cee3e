-- Threads (spec: Threading). Their replies are events like any other, found by what they relate to.
CREATE INDEX events_threads ON events (room_id, relates_to) WHERE rel_type = 'm.thread' AND relates_to IS NOT NULL;

-- Newest receipt of a person within a thread.
CREATE TABLE thread_receipts (
  room_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,                  -- the root's event id
  user_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  ts INTEGER NOT NULL,                      -- ms since the epoch
  PRIMARY KEY (room_id, thread_id, user_id)
) WITHOUT ROWID;

-- What the server said last of each thread with something unread, for rooms where we do not have all of it.
CREATE TABLE thread_counts (
  room_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  unread INTEGER NOT NULL,
  highlight INTEGER NOT NULL,
  PRIMARY KEY (room_id, thread_id)
) WITHOUT ROWID;
