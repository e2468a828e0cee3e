-- Statements of the timeline (architecture.md, section 6). Order is (segment, position) and nothing else.

-- name: segments
SELECT segment, prev_batch AS prevBatch FROM segments WHERE room_id = @roomId ORDER BY segment;

-- name: insertSegment
INSERT INTO segments (room_id, segment, prev_batch) VALUES (@roomId, @segment, @prevBatch);

-- name: forgetSegment
DELETE FROM segments WHERE room_id = @roomId AND segment = @segment;

-- name: setPrevBatch
UPDATE segments SET prev_batch = @prevBatch WHERE room_id = @roomId AND segment = @segment;

-- name: edges
SELECT
  (SELECT min(position) FROM timeline WHERE room_id = @roomId AND segment = @segment) AS lowest,
  (SELECT max(position) FROM timeline WHERE room_id = @roomId AND segment = @segment) AS highest;

-- name: newestEventId
SELECT event_id AS eventId FROM timeline
WHERE room_id = @roomId AND segment = @segment ORDER BY position DESC LIMIT 1;

-- name: oldestEventId
SELECT event_id AS eventId FROM timeline
WHERE room_id = @roomId AND segment = @segment ORDER BY position LIMIT 1;

-- name: place
SELECT room_id AS roomId, segment, position FROM timeline WHERE event_id = @eventId;

-- name: eventBefore
SELECT event_id AS eventId FROM timeline
WHERE room_id = @roomId AND (segment, position) < (@segment, @position)
ORDER BY segment DESC, position DESC LIMIT 1;

-- name: insertPlace
INSERT INTO timeline (room_id, segment, position, event_id) VALUES (@roomId, @segment, @position, @eventId);

-- name: insertEvent
-- An event may be known without a place: an edit that came inside the event it edits.
INSERT INTO events (event_id, room_id, type, sender, origin_server_ts, state_key, relates_to, rel_type,
  transaction_id, sender_name, sender_avatar, profile, is_redacted, html, raw)
VALUES (@eventId, @roomId, @type, @sender, @ts, @stateKey, @relatesTo, @relType,
  @transactionId, @senderName, @senderAvatar, @profile, @isRedacted, @html, @raw)
ON CONFLICT (event_id) DO UPDATE SET
  room_id = excluded.room_id, type = excluded.type, sender = excluded.sender,
  origin_server_ts = excluded.origin_server_ts, state_key = excluded.state_key,
  relates_to = excluded.relates_to, rel_type = excluded.rel_type, transaction_id = coalesce(excluded.transaction_id, events.transaction_id),
  sender_name = excluded.sender_name, sender_avatar = excluded.sender_avatar, profile = excluded.profile,
  is_redacted = excluded.is_redacted, html = excluded.html, raw = excluded.raw;

-- name: storedEvent
SELECT room_id AS roomId, type, sender, state_key AS stateKey, relates_to AS relatesTo, rel_type AS relType,
  is_redacted AS isRedacted, raw
FROM events WHERE event_id = @eventId;

-- name: stripEvent
-- rel_type stays: a redacted edit must not turn into a row of its own.
UPDATE events SET raw = @raw, html = NULL, relates_to = NULL, is_redacted = 1 WHERE event_id = @eventId;

-- name: rewriteEvent
UPDATE events SET raw = @raw WHERE event_id = @eventId;

-- name: claimEvent
UPDATE events SET transaction_id = @transactionId
WHERE event_id = @eventId AND transaction_id IS NULL AND sender = @sender;

-- name: insertRedaction
INSERT INTO redactions (redacts, room_id, event_id, raw) VALUES (@redacts, @roomId, @eventId, @raw)
ON CONFLICT (redacts) DO NOTHING;

-- name: redaction
SELECT raw FROM redactions WHERE redacts = @eventId AND room_id = @roomId;

-- name: rowsBefore
SELECT t.segment, t.position, e.event_id AS eventId, e.type, e.sender, e.origin_server_ts AS ts,
  e.state_key AS stateKey, e.relates_to AS relatesTo, e.rel_type AS relType,
  e.transaction_id AS transactionId, e.sender_name AS senderName, e.sender_avatar AS senderAvatar,
  e.is_redacted AS isRedacted, e.html, e.raw
FROM timeline t CROSS JOIN shown_events e ON e.event_id = t.event_id
WHERE t.room_id = @roomId AND t.segment >= @floor AND (t.segment, t.position) < (@segment, @position)
ORDER BY t.segment DESC, t.position DESC LIMIT @limit;

-- name: rowsAfter
SELECT t.segment, t.position, e.event_id AS eventId, e.type, e.sender, e.origin_server_ts AS ts,
  e.state_key AS stateKey, e.relates_to AS relatesTo, e.rel_type AS relType,
  e.transaction_id AS transactionId, e.sender_name AS senderName, e.sender_avatar AS senderAvatar,
  e.is_redacted AS isRedacted, e.html, e.raw
FROM timeline t CROSS JOIN shown_events e ON e.event_id = t.event_id
WHERE t.room_id = @roomId AND (t.segment, t.position) > (@segment, @position)
ORDER BY t.segment, t.position;

-- name: rowsAfterUpTo
-- The same up to a segment: a stretch without holes.
SELECT t.segment, t.position, e.event_id AS eventId, e.type, e.sender, e.origin_server_ts AS ts,
  e.state_key AS stateKey, e.relates_to AS relatesTo, e.rel_type AS relType,
  e.transaction_id AS transactionId, e.sender_name AS senderName, e.sender_avatar AS senderAvatar,
  e.is_redacted AS isRedacted, e.html, e.raw
FROM timeline t CROSS JOIN shown_events e ON e.event_id = t.event_id
WHERE t.room_id = @roomId AND t.segment <= @ceiling AND (t.segment, t.position) > (@segment, @position)
ORDER BY t.segment, t.position LIMIT @limit;

-- name: row
SELECT t.segment, t.position, e.event_id AS eventId, e.type, e.sender, e.origin_server_ts AS ts,
  e.state_key AS stateKey, e.relates_to AS relatesTo, e.rel_type AS relType,
  e.transaction_id AS transactionId, e.sender_name AS senderName, e.sender_avatar AS senderAvatar,
  e.is_redacted AS isRedacted, e.html, e.raw
FROM shown_events e JOIN timeline t ON t.event_id = e.event_id
WHERE e.event_id = @eventId AND t.room_id = @roomId;

-- name: hasBefore
SELECT 1 AS found FROM timeline t CROSS JOIN shown_events e ON e.event_id = t.event_id
WHERE t.room_id = @roomId AND t.segment >= @floor AND (t.segment, t.position) < (@segment, @position)
ORDER BY t.segment DESC, t.position DESC LIMIT 1;

-- name: hasAfter
SELECT 1 AS found FROM timeline t CROSS JOIN shown_events e ON e.event_id = t.event_id
WHERE t.room_id = @roomId AND (t.segment, t.position) > (@segment, @position)
ORDER BY t.segment, t.position LIMIT 1;

-- name: editsBetween
-- Edits of the events placed in this stretch, wherever the edits themselves are.
SELECT e.event_id AS eventId, e.relates_to AS target, e.type, e.sender, e.origin_server_ts AS ts, e.html, e.raw
FROM timeline t CROSS JOIN shown_events e ON e.relates_to = t.event_id
WHERE t.room_id = @roomId
  AND (t.segment, t.position) >= (@fromSegment, @fromPosition)
  AND (t.segment, t.position) <= (@toSegment, @toPosition)
  AND e.rel_type = 'm.replace' AND e.room_id = @roomId AND e.is_redacted = 0 AND e.state_key IS NULL;

-- name: editsOf
SELECT event_id AS eventId, relates_to AS target, type, sender, origin_server_ts AS ts, html, raw
FROM shown_events
WHERE relates_to = @eventId AND rel_type = 'm.replace' AND room_id = @roomId AND is_redacted = 0
  AND state_key IS NULL;

-- name: allEditsOf
-- Of whoever, shown or not.
SELECT event_id AS eventId, relates_to AS target, type, sender, origin_server_ts AS ts, html, raw
FROM events
WHERE relates_to = @eventId AND rel_type = 'm.replace' AND room_id = @roomId AND is_redacted = 0
  AND state_key IS NULL;

-- name: reactionsBetween
-- Reactions to the events placed in this stretch, wherever the reactions themselves are.
SELECT e.event_id AS eventId, e.relates_to AS target, e.sender, e.sender_name AS senderName,
  e.origin_server_ts AS ts, json_extract(e.raw, '$.content."m.relates_to".key') AS key,
  json_extract(e.raw, '$.content.shortcode') AS shortcode
FROM timeline t CROSS JOIN shown_events e ON e.relates_to = t.event_id
WHERE t.room_id = @roomId
  AND (t.segment, t.position) >= (@fromSegment, @fromPosition)
  AND (t.segment, t.position) <= (@toSegment, @toPosition)
  AND e.rel_type = 'm.annotation' AND e.type = 'm.reaction' AND e.room_id = @roomId AND e.is_redacted = 0
  AND e.state_key IS NULL AND json_type(e.raw, '$.content."m.relates_to".key') = 'text'
ORDER BY e.origin_server_ts, e.event_id;

-- name: reactionsOf
SELECT event_id AS eventId, relates_to AS target, sender, sender_name AS senderName,
  origin_server_ts AS ts, json_extract(raw, '$.content."m.relates_to".key') AS key,
  json_extract(raw, '$.content.shortcode') AS shortcode
FROM shown_events
WHERE relates_to = @eventId AND rel_type = 'm.annotation' AND type = 'm.reaction' AND room_id = @roomId
  AND is_redacted = 0 AND state_key IS NULL AND json_type(raw, '$.content."m.relates_to".key') = 'text'
ORDER BY origin_server_ts, event_id;

-- name: storedRow
-- With or without a place in the timeline.
SELECT event_id AS eventId, type, sender, origin_server_ts AS ts, state_key AS stateKey, relates_to AS relatesTo,
  rel_type AS relType, transaction_id AS transactionId, sender_name AS senderName, sender_avatar AS senderAvatar,
  is_redacted AS isRedacted, html, raw
FROM shown_events
WHERE event_id = @eventId AND room_id = @roomId;

-- name: votesBetween
-- Votes and ends of the polls placed in this stretch, wherever they are themselves.
SELECT e.event_id AS eventId, e.relates_to AS target, e.type, e.sender, e.origin_server_ts AS ts, e.raw
FROM timeline t CROSS JOIN shown_events e ON e.relates_to = t.event_id
WHERE t.room_id = @roomId
  AND (t.segment, t.position) >= (@fromSegment, @fromPosition)
  AND (t.segment, t.position) <= (@toSegment, @toPosition)
  AND e.rel_type = 'm.reference' AND e.room_id = @roomId AND e.is_redacted = 0 AND e.state_key IS NULL
  AND e.type IN ('m.poll.response', 'm.poll.end',
    'org.matrix.msc3381.poll.response', 'org.matrix.msc3381.poll.end');

-- name: votesOf
SELECT event_id AS eventId, relates_to AS target, type, sender, origin_server_ts AS ts, raw
FROM shown_events
WHERE relates_to = @eventId AND rel_type = 'm.reference' AND room_id = @roomId AND is_redacted = 0
  AND state_key IS NULL AND type IN ('m.poll.response', 'm.poll.end',
    'org.matrix.msc3381.poll.response', 'org.matrix.msc3381.poll.end');

-- name: memberEventBefore
SELECT t.segment, t.position, e.raw FROM events e CROSS JOIN timeline t ON t.event_id = e.event_id
WHERE e.room_id = @roomId AND e.type = 'm.room.member' AND e.state_key = @userId AND t.room_id = @roomId
  AND t.segment >= @floor AND (t.segment, t.position) < (@segment, @position)
ORDER BY t.segment DESC, t.position DESC LIMIT 1;

-- name: memberEventAfter
SELECT t.segment, t.position, e.raw FROM events e CROSS JOIN timeline t ON t.event_id = e.event_id
WHERE e.room_id = @roomId AND e.type = 'm.room.member' AND e.state_key = @userId AND t.room_id = @roomId
  AND t.segment <= @ceiling AND (t.segment, t.position) > (@segment, @position)
ORDER BY t.segment, t.position LIMIT 1;

-- name: sendersUnsettled
-- People in this stretch whose rows do not yet have the profile of a member event.
SELECT DISTINCT e.sender FROM timeline t CROSS JOIN events e ON e.event_id = t.event_id
WHERE t.room_id = @roomId AND t.segment >= @fromSegment AND t.segment <= @toSegment AND e.profile < 2;

-- name: settleProfiles
UPDATE events SET sender_name = @name, sender_avatar = @avatar, profile = @profile
WHERE room_id = @roomId AND sender = @userId AND profile < 2
  AND EXISTS (SELECT 1 FROM timeline t WHERE t.event_id = events.event_id
    AND (t.segment, t.position) > (@fromSegment, @fromPosition)
    AND (t.segment, t.position) < (@toSegment, @toPosition))
RETURNING event_id AS eventId;

-- name: setProfile
UPDATE events SET sender_name = @name, sender_avatar = @avatar, profile = @profile WHERE event_id = @eventId;

-- name: fillUnknownProfiles
UPDATE events SET sender_name = @name, sender_avatar = @avatar, profile = 1
WHERE room_id = @roomId AND sender = @userId AND profile < 2 AND profile = 0
RETURNING event_id AS eventId;

-- name: forgetProfile
-- The member event that gave this name was redacted: the name goes with it.
UPDATE events SET sender_name = NULL, sender_avatar = NULL
WHERE sender = @userId AND sender_name IS @name AND sender_avatar IS @avatar AND event_id IN (
  SELECT event_id FROM timeline WHERE room_id = @roomId
    AND (segment, position) >= (@fromSegment, @fromPosition)
    AND (segment, position) < (@toSegment, @toPosition))
RETURNING event_id AS eventId;

-- name: member
SELECT display_name AS name, avatar_mxc AS avatarMxc FROM members
WHERE room_id = @roomId AND user_id = @userId;

-- name: namesake
SELECT 1 AS found FROM members INDEXED BY members_by_name
WHERE room_id = @roomId AND display_name = @name AND user_id <> @userId AND membership IN ('join', 'invite')
LIMIT 1;

-- name: roomFacts
SELECT fully_read_event_id AS fullyRead, unread_from AS unreadFrom, membership FROM rooms WHERE room_id = @roomId;

-- name: receipt
SELECT user_id AS userId, event_id AS eventId, ts FROM receipts WHERE room_id = @roomId AND user_id = @userId;

-- name: setReceipt
INSERT INTO receipts (room_id, user_id, event_id, ts) VALUES (@roomId, @userId, @eventId, @ts)
ON CONFLICT (room_id, user_id) DO UPDATE SET event_id = excluded.event_id, ts = excluded.ts;

-- name: receiptsBetween
SELECT r.user_id AS userId, r.event_id AS eventId, r.ts
FROM timeline t CROSS JOIN receipts r INDEXED BY receipts_by_event ON r.room_id = t.room_id AND r.event_id = t.event_id
WHERE t.room_id = @roomId
  AND (t.segment, t.position) >= (@fromSegment, @fromPosition)
  AND (t.segment, t.position) <= (@toSegment, @toPosition);

-- name: hiddenEvent
-- Stored, and by somebody whose words are not to be shown.
SELECT 1 AS found FROM events e JOIN ignored_people i ON i.user_id = e.sender
WHERE e.event_id = @eventId AND e.state_key IS NULL;

-- name: isIgnored
SELECT 1 AS found FROM ignored_people WHERE user_id = @userId;
