-- Why we were invited, in the words of who invited us: plain text (MEM-08).
ALTER TABLE rooms ADD COLUMN invite_reason TEXT;
