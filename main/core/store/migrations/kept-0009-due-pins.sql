-- Messages to be pinned or taken down, in the order decided. One that is not sent yet is named by its transaction id.
CREATE TABLE due_pins (
  seq INTEGER PRIMARY KEY,
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  event_id TEXT,                            -- NULL until the message has one
  transaction_id TEXT,
  is_pinned INTEGER NOT NULL
);

-- An attempted message that was edited goes on under another transaction id: who still knows the old one finds it.
ALTER TABLE settled ADD COLUMN replaced_by TEXT;
