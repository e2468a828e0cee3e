-- What the cache knows about messages of ours. Prepared on cache.db; sending.sql is on kept.db.

-- name: eventById
SELECT event_id AS eventId, transaction_id AS transactionId, rel_type AS relType,
  EXISTS (SELECT 1 FROM timeline t WHERE t.event_id = events.event_id) AS hasPlace
FROM events WHERE event_id = :eventId;

-- name: senderOf
SELECT sender FROM events WHERE event_id = :eventId AND room_id = :roomId;

-- name: latestInThread
-- The newest reply that has a place.
SELECT e.event_id AS eventId FROM events e JOIN timeline t ON t.event_id = e.event_id
WHERE e.relates_to = :root AND e.rel_type = 'm.thread' AND e.room_id = :roomId AND e.state_key IS NULL
  AND e.is_redacted = 0
ORDER BY t.segment DESC, t.position DESC LIMIT 1;

-- name: eventByTransaction
-- The sender is checked: what a server puts into `unsigned` of other people's events settles nothing of ours.
SELECT event_id AS eventId, transaction_id AS transactionId, rel_type AS relType,
  EXISTS (SELECT 1 FROM timeline t WHERE t.event_id = events.event_id) AS hasPlace
FROM events
WHERE transaction_id = :transactionId AND room_id = :roomId AND sender = :userId
LIMIT 1;

-- name: nameTransaction
UPDATE events SET transaction_id = :transactionId WHERE event_id = :eventId AND transaction_id IS NULL;

-- name: ownReactions
-- Ours to an event, not taken back. Which key each has is in its content.
SELECT event_id AS eventId, raw FROM events
WHERE relates_to = :target AND rel_type = 'm.annotation' AND type = 'm.reaction' AND room_id = :roomId
  AND sender = :userId AND state_key IS NULL AND is_redacted = 0
ORDER BY origin_server_ts, event_id;

-- name: ownEvent
SELECT raw FROM events
WHERE event_id = :eventId AND room_id = :roomId AND sender = :userId AND is_redacted = 0;

-- name: ownEdits
-- Ours of a message of ours, not taken back, oldest first (spec: Event replacements).
SELECT raw FROM events
WHERE relates_to = :target AND rel_type = 'm.replace' AND room_id = :roomId AND sender = :userId
  AND state_key IS NULL AND is_redacted = 0
ORDER BY origin_server_ts, event_id;

-- name: newestSegment
SELECT max(segment) AS segment FROM segments WHERE room_id = :roomId;

-- name: epoch
SELECT value FROM sync_state WHERE key = 'epoch';

-- name: encryptedRoom
SELECT 1 AS found FROM rooms WHERE room_id = :roomId AND is_encrypted = 1;

-- name: unknownRoom
-- Before the first sync into an empty cache nothing is known of a room, not even whether it is encrypted.
SELECT 1 AS found
WHERE NOT EXISTS (SELECT 1 FROM rooms WHERE room_id = :roomId)
    AND NOT EXISTS (SELECT 1 FROM sync_state WHERE key = 'next_batch');
