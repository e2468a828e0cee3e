-- Chats between two that m.direct does not have yet (kept.db).

-- name: putDirect
INSERT INTO due_directs (user_id, room_id, with_id, is_joined) VALUES (:userId, :roomId, :withId, :isJoined)
ON CONFLICT (user_id, room_id) DO UPDATE SET with_id = :withId, is_joined = :isJoined;

-- name: directs
SELECT room_id AS roomId, with_id AS withId, is_joined AS isJoined FROM due_directs WHERE user_id = :userId;

-- name: deleteDirect
DELETE FROM due_directs WHERE user_id = :userId AND room_id = :roomId;
