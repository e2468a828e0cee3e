-- People whose words are not to be shown, and what follows for rooms (cache.db).

-- name: ignored
-- Named as some room knows them.
SELECT i.user_id AS userId, m.display_name AS displayName, m.avatar_mxc AS avatarMxc
FROM ignored_people i LEFT JOIN members m ON m.user_id = i.user_id AND m.room_id =
  (SELECT room_id FROM members WHERE user_id = i.user_id AND display_name IS NOT NULL ORDER BY membership = 'join' DESC LIMIT 1)
ORDER BY i.user_id;

-- name: add
INSERT INTO ignored_people (user_id) VALUES (@userId);

-- name: remove
DELETE FROM ignored_people WHERE user_id = @userId;

-- name: roomsOf
-- Rooms whose row says something of this person, or could.
SELECT r.room_id AS roomId FROM rooms r JOIN events e ON e.event_id = r.preview_event_id WHERE e.sender = @userId
UNION
SELECT room_id AS roomId FROM rooms WHERE membership = 'invite' AND inviter_id = @userId
UNION
SELECT m.room_id AS roomId FROM members m JOIN rooms r ON r.room_id = m.room_id WHERE m.user_id = @userId;

-- name: roomsWithHoles
-- Where this person may have spoken unheard: they are known there, or not everybody in it is known here.
SELECT r.room_id AS roomId FROM rooms r
WHERE r.membership = 'join' AND EXISTS (SELECT 1 FROM segments s WHERE s.room_id = r.room_id)
  AND (EXISTS (SELECT 1 FROM members m WHERE m.room_id = r.room_id AND m.user_id = @userId)
    OR (SELECT count(*) FROM members m WHERE m.room_id = r.room_id AND m.membership = 'join') < r.joined_count);

-- name: forgetSegments
DELETE FROM segments WHERE room_id = @roomId;

-- name: forgetPlaces
DELETE FROM timeline WHERE room_id = @roomId;
