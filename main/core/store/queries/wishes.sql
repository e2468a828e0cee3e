-- name: saveWish
-- Latest wins; what stood before the first of them stands again if they are refused.
INSERT INTO wishes (user_id, room_id, key, value, before)
VALUES (:userId, :roomId, :key, :value, :before)
ON CONFLICT DO UPDATE SET value = excluded.value;

-- name: wishes
SELECT room_id AS roomId, key, value, before FROM wishes WHERE user_id = :userId ORDER BY room_id, key;

-- name: wishesOfRoom
SELECT room_id AS roomId, key, value, before FROM wishes WHERE user_id = :userId AND room_id = :roomId;

-- name: deleteWish
-- Only the one that was put: a newer one may have come meanwhile.
DELETE FROM wishes WHERE user_id = :userId AND room_id = :roomId AND key = :key AND value = :value;

-- name: saveMassRedaction
INSERT INTO mass_redactions (user_id, room_id, sender_id, reason, total)
VALUES (:userId, :roomId, :senderId, :reason, :total)
ON CONFLICT DO UPDATE SET reason = excluded.reason, total = excluded.total, refused = 0;

-- name: massRedactions
-- How far each of a room has come.
SELECT m.sender_id AS senderId, m.total, m.refused,
  (SELECT COUNT(*) FROM due_redactions d
   WHERE d.user_id = m.user_id AND d.room_id = m.room_id AND d.sender_id = m.sender_id) AS remaining
FROM mass_redactions m WHERE m.user_id = :userId AND m.room_id = :roomId;

-- name: saveDueRedaction
INSERT INTO due_redactions (user_id, room_id, sender_id, event_id, transaction_id)
VALUES (:userId, :roomId, :senderId, :eventId, :transactionId)
ON CONFLICT DO NOTHING;

-- name: dueRedactions
-- The next of each room.
SELECT d.room_id AS roomId, d.sender_id AS senderId, MIN(d.event_id) AS eventId, d.transaction_id AS transactionId, m.reason
FROM due_redactions d JOIN mass_redactions m
  ON m.user_id = d.user_id AND m.room_id = d.room_id AND m.sender_id = d.sender_id
WHERE d.user_id = :userId GROUP BY d.room_id ORDER BY d.room_id;

-- name: deleteDueRedaction
DELETE FROM due_redactions
WHERE user_id = :userId AND room_id = :roomId AND sender_id = :senderId AND event_id = :eventId;

-- name: countRefused
UPDATE mass_redactions SET refused = refused + 1
WHERE user_id = :userId AND room_id = :roomId AND sender_id = :senderId;

-- name: cancelDueRedactions
DELETE FROM due_redactions WHERE user_id = :userId AND room_id = :roomId AND sender_id = :senderId;

-- name: shortenMassRedaction
-- Cancelled: the whole is what was done until now.
UPDATE mass_redactions SET total = total - :fewer
WHERE user_id = :userId AND room_id = :roomId AND sender_id = :senderId;
