-- Unread events that notify, read positions and the server's counts (cache.db).

-- name: position
SELECT thread_id AS threadId, event_id AS eventId, ts FROM read_positions
WHERE room_id = @roomId AND thread_id = @threadId;

-- name: positions
SELECT p.thread_id AS threadId, p.event_id AS eventId, p.ts, t.segment, t.position
FROM read_positions p LEFT JOIN timeline t ON t.event_id = p.event_id AND t.room_id = p.room_id
WHERE p.room_id = @roomId;

-- name: putPosition
INSERT INTO read_positions (room_id, thread_id, event_id, ts) VALUES (@roomId, @threadId, @eventId, @ts)
ON CONFLICT (room_id, thread_id) DO UPDATE SET event_id = excluded.event_id, ts = excluded.ts;

-- name: place
SELECT room_id AS roomId, segment, position FROM timeline WHERE event_id = @eventId;

-- name: newestPlace
SELECT segment, position, event_id AS eventId FROM timeline
WHERE room_id = @roomId ORDER BY segment DESC, position DESC LIMIT 1;

-- name: holeAfter
-- A hole in our history behind this place: a later segment that is not joined to the one before.
SELECT 1 AS found FROM segments WHERE room_id = @roomId AND segment > @segment AND prev_batch IS NOT NULL LIMIT 1;

-- name: holeAnywhere
SELECT 1 AS found FROM segments WHERE room_id = @roomId AND prev_batch IS NOT NULL LIMIT 1;

-- name: relation
SELECT relates_to AS relatesTo, rel_type AS relType, sender FROM events WHERE event_id = @eventId AND room_id = @roomId;

-- name: eventsAfter
SELECT t.segment, t.position, e.raw FROM timeline t CROSS JOIN events e ON e.event_id = t.event_id
WHERE t.room_id = @roomId AND (t.segment, t.position) > (@segment, @position)
  AND e.is_redacted = 0 AND e.sender <> @ownUserId
ORDER BY t.segment DESC, t.position DESC LIMIT @limit;

-- name: insertAttention
INSERT INTO attention (event_id, room_id, thread_id, is_highlight, sound, rule_kind, rule_id, pattern, is_told)
VALUES (@eventId, @roomId, @threadId, @isHighlight, @sound, @ruleKind, @ruleId, @pattern, @isTold)
ON CONFLICT (event_id) DO NOTHING;

-- name: removeEvent
DELETE FROM attention WHERE event_id = @eventId;

-- name: removeRoom
DELETE FROM attention WHERE room_id = @roomId;

-- name: removeReadRoom
DELETE FROM attention WHERE room_id = @roomId AND EXISTS (
  SELECT 1 FROM timeline t
  WHERE t.event_id = attention.event_id AND (t.segment, t.position) <= (@segment, @position));

-- name: removeReadThread
DELETE FROM attention WHERE room_id = @roomId AND thread_id = @threadId AND EXISTS (
  SELECT 1 FROM timeline t
  WHERE t.event_id = attention.event_id AND (t.segment, t.position) <= (@segment, @position));

-- name: removedUpTo
SELECT places FROM removed_up_to WHERE room_id = @roomId;

-- name: putRemovedUpTo
INSERT INTO removed_up_to (room_id, places) VALUES (@roomId, @places)
ON CONFLICT (room_id) DO UPDATE SET places = excluded.places;

-- name: counts
SELECT count(*) AS unread, coalesce(sum(is_highlight), 0) AS highlight FROM attention WHERE room_id = @roomId;

-- name: rowsOfRoom
SELECT a.event_id AS eventId, a.thread_id AS threadId, a.is_highlight AS isHighlight, a.sound,
  a.rule_kind AS ruleKind, a.rule_id AS ruleId, a.pattern, a.is_told AS isTold,
  e.sender, e.sender_name AS senderName, e.sender_avatar AS senderAvatar, e.origin_server_ts AS ts, e.raw
FROM attention a JOIN events e ON e.event_id = a.event_id LEFT JOIN timeline t ON t.event_id = a.event_id
WHERE a.room_id = @roomId ORDER BY t.segment DESC, t.position DESC LIMIT @limit;

-- name: newestRowsOfRoom
-- The same, for a room that has at least so many: from its end back until there are enough, not all of them put in order.
SELECT a.event_id AS eventId, a.thread_id AS threadId, a.is_highlight AS isHighlight, a.sound,
  a.rule_kind AS ruleKind, a.rule_id AS ruleId, a.pattern, a.is_told AS isTold,
  e.sender, e.sender_name AS senderName, e.sender_avatar AS senderAvatar, e.origin_server_ts AS ts, e.raw
FROM timeline t CROSS JOIN attention a ON a.event_id = t.event_id CROSS JOIN events e ON e.event_id = t.event_id
WHERE t.room_id = @roomId ORDER BY t.segment DESC, t.position DESC LIMIT @limit;

-- name: untoldRooms
SELECT DISTINCT room_id AS roomId FROM attention WHERE is_told = 0;

-- name: unreadOfRoom
-- All of them, without their words.
SELECT a.event_id AS eventId, a.is_highlight AS isHighlight, a.is_told AS isTold, e.type
FROM attention a JOIN events e ON e.event_id = a.event_id WHERE a.room_id = @roomId;

-- name: untoldOfRoom
-- By the index that holds no others: the planner prefers the one over all.
SELECT a.event_id AS eventId, a.is_highlight AS isHighlight, a.is_told AS isTold, e.type
FROM attention a INDEXED BY attention_untold JOIN events e ON e.event_id = a.event_id
WHERE a.room_id = @roomId AND a.is_told = 0;

-- name: setTold
UPDATE attention SET is_told = 1
WHERE room_id = @roomId AND is_told = 0 AND event_id IN (SELECT value FROM json_each(@eventIds));

-- name: serverCounts
SELECT unread, highlight, is_used AS isUsed FROM server_counts WHERE room_id = @roomId;

-- name: putServerCounts
INSERT INTO server_counts (room_id, unread, highlight, is_used) VALUES (@roomId, @unread, @highlight, @isUsed)
ON CONFLICT (room_id) DO UPDATE SET unread = excluded.unread, highlight = excluded.highlight,
  is_used = excluded.is_used;

-- name: setRoomCounts
UPDATE rooms SET unread = @unread, highlight = @highlight
WHERE room_id = @roomId AND (unread <> @unread OR highlight <> @highlight);

-- name: setMarkedUnread
UPDATE rooms SET is_marked_unread = @isMarked, unread_from = @from
WHERE room_id = @roomId AND (is_marked_unread <> @isMarked OR unread_from IS NOT @from);

-- name: setMuted
UPDATE rooms SET is_muted = @isMuted WHERE room_id = @roomId AND is_muted <> @isMuted;

-- name: roomFacts
SELECT r.membership, r.name, r.joined_count AS joinedCount, r.direct_user_id AS directUserId,
  r.avatar_mxc AS avatarMxc, r.is_encrypted AS isEncrypted, r.is_marked_unread AS isMarkedUnread,
  r.unread, r.highlight, m.display_name AS ownName
FROM rooms r LEFT JOIN members m ON m.room_id = r.room_id AND m.user_id = @ownUserId
WHERE r.room_id = @roomId;

-- name: state
SELECT content, sender FROM state WHERE room_id = @roomId AND type = @type AND state_key = '';

-- name: accountData
SELECT content FROM account_data WHERE room_id = '' AND type = @type;

-- name: joinedRooms
SELECT room_id AS roomId FROM rooms WHERE membership = 'join';

-- name: putAccountData
INSERT INTO account_data (room_id, type, content) VALUES ('', @type, @content)
ON CONFLICT (room_id, type) DO UPDATE SET content = excluded.content;

-- name: presence
SELECT state, last_active_ts AS lastActiveTs, is_active AS isActive, status FROM presence WHERE user_id = @userId;

-- name: putPresence
INSERT INTO presence (user_id, state, last_active_ts, is_active, status)
VALUES (@userId, @state, @lastActiveTs, @isActive, @status)
ON CONFLICT (user_id) DO UPDATE SET state = excluded.state,
  last_active_ts = coalesce(excluded.last_active_ts, presence.last_active_ts),
  is_active = excluded.is_active, status = excluded.status;

-- name: insertInvite
INSERT INTO invites (room_id, is_told) VALUES (@roomId, @isTold) ON CONFLICT (room_id) DO NOTHING;

-- name: removeInvite
DELETE FROM invites WHERE room_id = @roomId;

-- name: untoldInvites
SELECT room_id AS roomId FROM invites WHERE is_told = 0;

-- name: untoldInvite
SELECT 1 AS found FROM invites WHERE room_id = @roomId AND is_told = 0;

-- name: setInviteTold
UPDATE invites SET is_told = 1 WHERE room_id = @roomId AND is_told = 0;

-- name: inviteFacts
SELECT r.name, r.avatar_mxc AS avatarMxc, r.inviter_id AS inviterId, m.display_name AS inviterName
FROM rooms r LEFT JOIN members m ON m.room_id = r.room_id AND m.user_id = r.inviter_id
WHERE r.room_id = @roomId AND r.membership = 'invite';
