-- Changed words of messages of ours that are not saved yet: JSON list of {eventId, transactionId, body, isOpen}.
-- NULL: none.
ALTER TABLE drafts ADD COLUMN edits TEXT;
ALTER TABLE thread_drafts ADD COLUMN edits TEXT;
