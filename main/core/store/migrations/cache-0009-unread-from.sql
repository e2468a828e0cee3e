-- Marked as unread by hand from this message on; NULL where nobody said from where.
ALTER TABLE rooms ADD COLUMN unread_from TEXT;
