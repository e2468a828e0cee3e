-- Requests to join (kept.db).

-- name: saveKnock
-- Asked anew: an old refusal is over.
INSERT INTO knocks (user_id, room_id) VALUES (:userId, :roomId)
ON CONFLICT DO UPDATE SET refusal = NULL;

-- name: knocks
SELECT room_id AS roomId, refusal FROM knocks WHERE user_id = :userId ORDER BY room_id;

-- name: refuseKnock
UPDATE knocks SET refusal = :refusal WHERE user_id = :userId AND room_id = :roomId;

-- name: deleteKnock
DELETE FROM knocks WHERE user_id = :userId AND room_id = :roomId;
