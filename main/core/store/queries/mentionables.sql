-- Statements that look people and rooms up by what they are called.

-- name: peopleLike
-- `pattern` is a LIKE pattern with \ as its escape; those whose name or localpart begins with it come first.
SELECT user_id AS userId, display_name AS displayName, avatar_mxc AS avatarMxc
FROM members
WHERE room_id = @roomId AND membership IN ('join', 'invite')
  AND (display_name LIKE @pattern ESCAPE '\' OR user_id LIKE '@' || @prefix ESCAPE '\'
    OR substr(user_id, 2, instr(user_id, ':') - 2) LIKE @pattern ESCAPE '\')
ORDER BY (display_name LIKE @prefix ESCAPE '\' OR user_id LIKE '@' || @prefix ESCAPE '\') DESC, membership = 'join' DESC,
  coalesce(display_name, user_id) COLLATE NOCASE, user_id
LIMIT @limit

-- name: recentSenders
-- Who spoke last in the room, the latest first.
SELECT sender AS userId, max(at) AS at FROM (
  SELECT e.sender, t.segment * 1000000000 + t.position AS at
  FROM timeline t CROSS JOIN events e ON e.event_id = t.event_id
  WHERE t.room_id = @roomId ORDER BY t.segment DESC, t.position DESC LIMIT 200)
GROUP BY sender ORDER BY at DESC LIMIT 30

-- name: person
SELECT user_id AS userId, display_name AS displayName, avatar_mxc AS avatarMxc FROM members
WHERE room_id = @roomId AND user_id = @userId

-- name: namesakes
SELECT count(*) AS count FROM members INDEXED BY members_by_name
WHERE room_id = @roomId AND display_name = @name AND membership IN ('join', 'invite')

-- name: knownMembers
SELECT count(*) AS count FROM members WHERE room_id = @roomId AND membership IN ('join', 'invite')

-- name: newestSegment
SELECT max(segment) AS segment FROM segments WHERE room_id = @roomId

-- name: roomsWithAlias
SELECT r.room_id AS roomId, r.name, r.avatar_mxc AS avatarMxc, json_extract(s.content, '$.alias') AS alias,
  r.last_activity_ts AS lastActivityTs
FROM rooms r JOIN state s ON s.room_id = r.room_id AND s.type = 'm.room.canonical_alias' AND s.state_key = ''
WHERE r.membership = 'join' AND json_valid(s.content) AND json_type(s.content, '$.alias') = 'text'
ORDER BY r.last_activity_ts DESC

-- name: roomByAlias
SELECT s.room_id AS roomId FROM rooms r CROSS JOIN state s ON s.room_id = r.room_id
WHERE s.type = 'm.room.canonical_alias' AND s.state_key = '' AND json_valid(s.content)
  AND (json_extract(s.content, '$.alias') = @alias
    OR EXISTS (SELECT 1 FROM json_each(s.content, '$.alt_aliases') WHERE value = @alias))
ORDER BY r.membership = 'join' DESC LIMIT 1
