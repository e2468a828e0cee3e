-- name: loadState
SELECT content, sender, event_id AS eventId FROM state WHERE room_id = @roomId AND type = @type AND state_key = @stateKey

-- name: putState
INSERT INTO state (room_id, type, state_key, event_id, sender, content)
VALUES (@roomId, @type, @stateKey, @eventId, @sender, @content)
ON CONFLICT (room_id, type, state_key)
DO UPDATE SET event_id = excluded.event_id, sender = excluded.sender, content = excluded.content

-- name: stripUnprotectedState
UPDATE state SET content = @content
WHERE room_id = @roomId AND event_id = @eventId AND type NOT IN
  ('m.room.create', 'm.room.join_rules', 'm.room.power_levels', 'm.room.history_visibility')

-- name: putMember
-- Who leaves says nothing about themselves; the name they had is still who they were ("Empty room (was Ben)").
INSERT INTO members (room_id, user_id, membership, display_name, avatar_mxc, event_id)
VALUES (@roomId, @userId, @membership, @displayName, @avatarMxc, @eventId)
ON CONFLICT (room_id, user_id) DO UPDATE SET membership = excluded.membership,
  display_name = iif(excluded.membership IN ('leave', 'ban') AND excluded.display_name IS NULL,
    members.display_name, excluded.display_name),
  avatar_mxc = iif(excluded.membership IN ('leave', 'ban') AND excluded.display_name IS NULL,
    members.avatar_mxc, excluded.avatar_mxc),
  event_id = iif(excluded.membership IN ('leave', 'ban') AND excluded.display_name IS NULL,
    members.event_id, excluded.event_id)

-- name: stripMember
UPDATE members SET display_name = NULL, avatar_mxc = NULL WHERE room_id = @roomId AND event_id = @eventId

-- name: loadMember
SELECT user_id AS userId, membership, display_name AS displayName, avatar_mxc AS avatarMxc
FROM members WHERE room_id = @roomId AND user_id = @userId

-- name: someMembers
SELECT user_id AS userId, membership, display_name AS displayName, avatar_mxc AS avatarMxc
FROM members
WHERE room_id = @roomId AND user_id <> @ownUserId AND membership IN ('join', 'invite')
ORDER BY user_id LIMIT 6

-- name: loadRoom
SELECT room_id AS roomId, membership, name, topic, avatar_mxc AS avatarMxc, joined_count AS joinedCount,
  invited_count AS invitedCount, heroes, unread, highlight, is_marked_unread AS isMarkedUnread, unread_from AS unreadFrom,
  last_activity_ts AS lastActivityTs, preview,
  preview_event_id AS previewEventId, is_encrypted AS isEncrypted, is_muted AS isMuted, tags,
  direct_user_id AS directUserId, fully_read_event_id AS fullyReadEventId, replacement_room_id AS replacementRoomId,
  inviter_id AS inviterId, invite_is_direct AS inviteIsDirect, invite_reason AS inviteReason
FROM rooms WHERE room_id = @roomId

-- name: loadListedRooms
SELECT room_id AS roomId, membership, name, topic, avatar_mxc AS avatarMxc, joined_count AS joinedCount,
  invited_count AS invitedCount, heroes, unread, highlight, is_marked_unread AS isMarkedUnread, unread_from AS unreadFrom,
  last_activity_ts AS lastActivityTs, preview,
  preview_event_id AS previewEventId, is_encrypted AS isEncrypted, is_muted AS isMuted, tags,
  direct_user_id AS directUserId, fully_read_event_id AS fullyReadEventId, replacement_room_id AS replacementRoomId,
  inviter_id AS inviterId, invite_is_direct AS inviteIsDirect, invite_reason AS inviteReason
FROM rooms WHERE membership IN ('join', 'invite', 'knock')
  AND NOT (membership = 'invite' AND inviter_id IS NOT NULL AND inviter_id IN (SELECT user_id FROM ignored_people))
  AND NOT (membership = 'join' AND room_id IN
  (SELECT room_id FROM state WHERE type = 'm.room.create' AND json_extract(content, '$.type') = 'm.space'))

-- name: putRoom
INSERT INTO rooms (room_id, membership, name, topic, avatar_mxc, joined_count, invited_count, heroes, unread,
  highlight, last_activity_ts, preview, preview_event_id, is_encrypted, is_muted, tags, direct_user_id,
  fully_read_event_id, replacement_room_id, inviter_id, invite_is_direct, is_marked_unread, unread_from,
  invite_reason)
VALUES (@roomId, @membership, @name, @topic, @avatarMxc, @joinedCount, @invitedCount, @heroes, @unread,
  @highlight, @lastActivityTs, @preview, @previewEventId, @isEncrypted, @isMuted, @tags, @directUserId,
  @fullyReadEventId, @replacementRoomId, @inviterId, @inviteIsDirect, @isMarkedUnread, @unreadFrom, @inviteReason)
ON CONFLICT (room_id) DO UPDATE SET
  membership = excluded.membership, name = excluded.name, topic = excluded.topic, avatar_mxc = excluded.avatar_mxc,
  joined_count = excluded.joined_count, invited_count = excluded.invited_count, heroes = excluded.heroes,
  unread = excluded.unread, highlight = excluded.highlight, last_activity_ts = excluded.last_activity_ts,
  preview = excluded.preview, preview_event_id = excluded.preview_event_id, is_encrypted = excluded.is_encrypted,
  is_muted = excluded.is_muted, tags = excluded.tags, direct_user_id = excluded.direct_user_id,
  fully_read_event_id = excluded.fully_read_event_id, replacement_room_id = excluded.replacement_room_id,
  inviter_id = excluded.inviter_id, invite_is_direct = excluded.invite_is_direct,
  is_marked_unread = excluded.is_marked_unread, unread_from = excluded.unread_from,
  invite_reason = excluded.invite_reason

-- name: setTags
UPDATE rooms SET tags = @tags WHERE room_id = @roomId;

-- name: setFullyRead
UPDATE rooms SET fully_read_event_id = @eventId WHERE room_id = @roomId

-- name: place
SELECT room_id AS roomId, segment, position FROM timeline WHERE event_id = @eventId

-- name: newestEvents
SELECT e.raw AS raw
FROM timeline t JOIN shown_events e ON e.event_id = t.event_id
WHERE t.room_id = @roomId AND e.rel_type IS NOT 'm.replace'
ORDER BY t.segment DESC, t.position DESC LIMIT 50

-- name: newestEdit
-- The edit that counts for an event: by the same person, the newest by time, then by id.
SELECT e.raw AS raw
FROM events o JOIN events e ON e.relates_to = o.event_id
WHERE o.event_id = @eventId AND e.rel_type = 'm.replace' AND e.sender = o.sender AND e.type = o.type
  AND e.room_id = o.room_id AND e.is_redacted = 0 AND e.state_key IS NULL
ORDER BY e.origin_server_ts DESC, e.event_id DESC LIMIT 1

-- name: isRedacted
SELECT 1 AS found FROM events WHERE event_id = @eventId AND is_redacted = 1

-- name: presentRoomIds
SELECT room_id AS roomId FROM rooms WHERE membership IN ('join', 'invite', 'knock')

-- name: allRoomIds
SELECT room_id AS roomId FROM rooms

-- name: putAccountData
INSERT INTO account_data (room_id, type, content) VALUES (@roomId, @type, @content)
ON CONFLICT (room_id, type) DO UPDATE SET content = excluded.content

-- name: loadAccountData
SELECT content FROM account_data WHERE room_id = @roomId AND type = @type

-- name: isIgnored
SELECT 1 AS found FROM ignored_people WHERE user_id = @userId

-- name: directInvitesBy
SELECT room_id AS roomId FROM rooms
WHERE membership = 'invite' AND invite_is_direct = 1 AND inviter_id = @userId ORDER BY last_activity_ts DESC

-- name: hasHistory
SELECT 1 AS found FROM segments WHERE room_id = @roomId LIMIT 1
