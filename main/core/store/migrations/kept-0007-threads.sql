-- Receipts are per thread: '' the whole room, 'main' its own timeline, else a thread's root.
CREATE TABLE pending_thread_receipts (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  receipt_type TEXT NOT NULL,               -- m.read | m.read.private
  PRIMARY KEY (user_id, room_id, thread_id)
) WITHOUT ROWID;
INSERT INTO pending_thread_receipts (user_id, room_id, thread_id, event_id, receipt_type)
SELECT user_id, room_id, '', event_id, receipt_type FROM pending_receipts;
DROP TABLE pending_receipts;

-- The text waiting in the composer of a thread, named by its root's event id, or by the transaction id under which a
-- root of ours waits.
CREATE TABLE thread_drafts (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  body TEXT NOT NULL,
  mentions TEXT,
  reply_to TEXT,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, room_id, thread_id)
) WITHOUT ROWID;

-- What a draft answers: JSON {eventId, transactionId}. NULL: nothing. Never the words of others: those can be deleted.
ALTER TABLE drafts ADD COLUMN reply_to TEXT;
