-- Messages to be pinned or taken down (kept.db).

-- name: insertPin
INSERT INTO due_pins (user_id, room_id, event_id, transaction_id, is_pinned)
VALUES (:userId, :roomId, :eventId, :transactionId, :isPinned);

-- name: pins
SELECT seq, room_id AS roomId, event_id AS eventId, transaction_id AS transactionId, is_pinned AS isPinned
FROM due_pins WHERE user_id = :userId ORDER BY seq;

-- name: namePin
-- The message it speaks of has gone out.
UPDATE due_pins SET event_id = :eventId WHERE seq = :seq;

-- name: deletePin
DELETE FROM due_pins WHERE seq = :seq;
