-- name: membersPage
-- `privileged` is a JSON list of ids that are shown before all others and left out here.
SELECT user_id AS userId, membership, display_name AS displayName, avatar_mxc AS avatarMxc
FROM members
WHERE room_id = @roomId AND membership = @membership
  AND user_id NOT IN (SELECT value FROM json_each(@privileged))
ORDER BY lower(coalesce(display_name, substr(user_id, 2))), user_id
LIMIT @count OFFSET @start

-- name: memberCount
SELECT count(*) AS count FROM members WHERE room_id = @roomId AND membership = @membership

-- name: membersAmong
SELECT user_id AS userId, membership, display_name AS displayName, avatar_mxc AS avatarMxc
FROM members
WHERE room_id = @roomId AND membership = @membership AND user_id IN (SELECT value FROM json_each(@users))

-- name: membersAfter
-- The next in the order of the list, after one of them.
SELECT user_id AS userId, display_name AS displayName, lower(coalesce(display_name, substr(user_id, 2))) AS key
FROM members
WHERE room_id = @roomId AND membership = @membership
  -- Not as one comparison of both: that one knows no index of expressions.
  AND lower(coalesce(display_name, substr(user_id, 2))) >= @key
  AND (lower(coalesce(display_name, substr(user_id, 2))) > @key OR user_id > @userId)
ORDER BY lower(coalesce(display_name, substr(user_id, 2))), user_id
LIMIT @count

-- name: memberNames
SELECT user_id AS userId, display_name AS displayName, lower(coalesce(display_name, substr(user_id, 2))) AS key
FROM members
WHERE room_id = @roomId AND membership = @membership AND user_id IN (SELECT value FROM json_each(@users))

-- name: wholeSince
SELECT segment FROM whole_members WHERE room_id = @roomId

-- name: setWhole
INSERT INTO whole_members (room_id, segment) VALUES (@roomId, @segment)
ON CONFLICT (room_id) DO UPDATE SET segment = excluded.segment

-- name: newestSegment
SELECT coalesce(max(segment), 0) AS segment FROM segments WHERE room_id = @roomId

-- name: markGone
-- The whole list has come: whoever is not in it has left.
UPDATE members SET membership = 'leave'
WHERE room_id = @roomId AND membership <> 'leave' AND user_id NOT IN (SELECT value FROM json_each(@known))

-- name: serversOf
-- Where the members of a room are at home, most populous first.
SELECT substr(user_id, instr(user_id, ':') + 1) AS server, count(*) AS people
FROM members WHERE room_id = @roomId AND membership = 'join' AND instr(user_id, ':') > 0
GROUP BY server ORDER BY people DESC, server LIMIT 100

-- name: roomsWith
SELECT r.room_id AS roomId, r.name AS name
FROM members m JOIN rooms r ON r.room_id = m.room_id
WHERE m.user_id = @userId AND m.membership = 'join' AND r.membership = 'join'
ORDER BY r.last_activity_ts DESC, r.room_id LIMIT 1000

-- name: stateOf
SELECT type, state_key AS stateKey, sender, content FROM state WHERE room_id = @roomId
ORDER BY type, state_key LIMIT 5000

-- name: stateOfType
SELECT state_key AS stateKey, sender, content FROM state WHERE room_id = @roomId AND type = @type
ORDER BY state_key LIMIT 2000

-- name: isSpace
SELECT 1 AS found FROM state
WHERE room_id = @roomId AND type = 'm.room.create' AND state_key = ''
  AND json_extract(content, '$.type') = 'm.space'

-- name: joinedSpaces
SELECT room_id AS roomId FROM rooms
WHERE membership = 'join' AND room_id IN
  (SELECT room_id FROM state WHERE type = 'm.room.create' AND json_extract(content, '$.type') = 'm.space')
ORDER BY room_id

-- name: leftRooms
SELECT room_id AS roomId FROM rooms WHERE membership IN ('leave', 'ban') ORDER BY last_activity_ts DESC LIMIT 500

-- name: knocks
SELECT room_id AS roomId FROM rooms WHERE membership = 'knock';

-- name: newestMembership
-- The last that the room's timeline says of somebody.
SELECT e.raw AS raw
FROM events e CROSS JOIN timeline t ON t.event_id = e.event_id
WHERE e.room_id = @roomId AND e.type = 'm.room.member' AND e.state_key = @userId
ORDER BY t.segment DESC, t.position DESC LIMIT 1

-- name: eventsOfSender
SELECT e.event_id AS eventId
FROM timeline t JOIN events e ON e.event_id = t.event_id
WHERE t.room_id = @roomId AND e.sender = @userId AND e.is_redacted = 0 AND e.state_key IS NULL
  AND e.type <> 'm.room.redaction'
ORDER BY t.segment DESC, t.position DESC LIMIT 500

-- name: forgetRoomRow
DELETE FROM rooms WHERE room_id = @roomId

-- name: forgetRoomState
DELETE FROM state WHERE room_id = @roomId

-- name: forgetRoomMembers
DELETE FROM members WHERE room_id = @roomId

-- name: forgetRoomEvents
DELETE FROM events WHERE event_id IN (SELECT event_id FROM timeline WHERE room_id = @roomId)

-- name: forgetRoomTimeline
DELETE FROM timeline WHERE room_id = @roomId

-- name: forgetRoomSegments
DELETE FROM segments WHERE room_id = @roomId

-- name: forgetRoomReceipts
DELETE FROM receipts WHERE room_id = @roomId

-- name: forgetRoomData
DELETE FROM account_data WHERE room_id = @roomId

-- name: forgetRoomWhole
DELETE FROM whole_members WHERE room_id = @roomId
