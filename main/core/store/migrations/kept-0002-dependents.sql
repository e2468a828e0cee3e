-- Rows that say something about another row of their lane: reactions, edits, deletions, answers (architecture.md,
-- section 4.B, point 6). Set while that row's event id is not known; then the id is written into the content.
ALTER TABLE outgoing ADD COLUMN depends_on INTEGER;       -- seq
CREATE INDEX outgoing_dependents ON outgoing (depends_on) WHERE depends_on IS NOT NULL;

-- What an arrived message is called: it may be spoken of before its event is in the cache.
ALTER TABLE settled ADD COLUMN event_id TEXT;

DROP VIEW outgoing_rows;
CREATE VIEW outgoing_rows AS
SELECT seq, user_id AS userId, room_id AS roomId, transaction_id AS transactionId, event_type AS eventType, content,
       state, reason, blocks, event_id AS eventId, attempts, may_have_arrived AS mayHaveArrived,
       attempt_device_id AS attemptDeviceId, attempted_at AS attemptedAt, attempt_epoch AS attemptEpoch, attempt_segment AS attemptSegment,
       failing_ms AS failingMs, queued_at AS queuedAt, waiting_since AS waitingSince, depends_on AS dependsOn
FROM outgoing;
