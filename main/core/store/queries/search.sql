-- Full-text search: the index, what is to be indexed, and finding. Never by rank, never by scanning everything at once.

-- name: pending
SELECT p.event_id AS eventId, e.room_id AS roomId, e.type, e.sender, e.origin_server_ts AS ts,
  e.state_key AS stateKey, e.rel_type AS relType, e.is_redacted AS isRedacted, e.raw
FROM search_pending p CROSS JOIN events e ON e.event_id = p.event_id LIMIT @limit;

-- name: forgetUnknownPending
DELETE FROM search_pending WHERE event_id NOT IN (SELECT event_id FROM events);

-- name: removePending
DELETE FROM search_pending WHERE event_id = @eventId;

-- name: hasPending
SELECT 1 AS found FROM search_pending LIMIT 1;

-- name: below
SELECT value FROM search_state WHERE key = 'below';

-- name: setBelow
INSERT INTO search_state (key, value) VALUES ('below', @value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: removeBelow
DELETE FROM search_state WHERE key = 'below';

-- name: uncrawled
SELECT rowid AS row, event_id AS eventId, room_id AS roomId, type, sender, origin_server_ts AS ts,
  state_key AS stateKey, rel_type AS relType, is_redacted AS isRedacted, raw
FROM events WHERE rowid < @below ORDER BY rowid DESC LIMIT @limit;

-- name: newestRow
SELECT max(rowid) AS row FROM events;

-- name: edits
SELECT event_id AS eventId, type, sender, origin_server_ts AS ts, raw FROM events
WHERE relates_to = @eventId AND rel_type = 'm.replace' AND room_id = @roomId AND is_redacted = 0
  AND state_key IS NULL;

-- name: removeDoc
DELETE FROM search_docs WHERE event_id = @eventId;

-- name: docTaken
SELECT 1 AS found FROM search_docs WHERE doc = @doc;

-- name: insertDoc
INSERT INTO search_docs (doc, event_id, room_id, sender, has, text, short)
VALUES (@doc, @eventId, @roomId, @sender, @has, @text, @short);

-- name: range
SELECT (SELECT min(doc) FROM search_docs) AS oldest, (SELECT max(doc) FROM search_docs) AS newest;

-- name: matches
SELECT d.doc, d.room_id AS roomId, d.sender, d.has, d.text
FROM search_text i CROSS JOIN search_docs d ON d.doc = i.rowid
WHERE search_text MATCH @match AND i.rowid <= @newest AND i.rowid >= @oldest
  AND d.sender NOT IN (SELECT user_id FROM ignored_people)
ORDER BY i.rowid DESC LIMIT @limit;

-- name: shortMatches
SELECT d.doc, d.room_id AS roomId, d.sender, d.has, d.text
FROM search_short i CROSS JOIN search_docs d ON d.doc = i.rowid
WHERE search_short MATCH @match AND i.rowid <= @newest AND i.rowid >= @oldest
  AND d.sender NOT IN (SELECT user_id FROM ignored_people)
ORDER BY i.rowid DESC LIMIT @limit;

-- name: inRoom
SELECT doc, room_id AS roomId, sender, has, text FROM search_docs
WHERE room_id = @roomId AND doc <= @newest AND doc >= @oldest
  AND sender NOT IN (SELECT user_id FROM ignored_people)
ORDER BY doc DESC LIMIT @limit;

-- name: bitsInRoom
SELECT doc, has FROM search_docs
WHERE room_id = @roomId AND doc <= @newest AND doc >= @oldest
ORDER BY doc DESC LIMIT @limit;

-- name: anywhere
SELECT doc, room_id AS roomId, sender, has, text FROM search_docs
WHERE doc <= @newest AND doc >= @oldest
  AND sender NOT IN (SELECT user_id FROM ignored_people)
ORDER BY doc DESC LIMIT @limit;

-- name: isSmallRoom
-- Whether a room has at most so many documents, without counting further.
SELECT count(*) <= @most AS isSmall FROM (
  SELECT 1 FROM search_docs WHERE room_id = @roomId LIMIT @most + 1
);

-- name: found
SELECT d.doc, d.event_id AS eventId, d.room_id AS roomId, d.sender, d.has, e.type, e.origin_server_ts AS ts,
  e.sender_name AS senderName, e.sender_avatar AS senderAvatar, e.raw, t.segment, t.position
FROM search_docs d JOIN events e ON e.event_id = d.event_id LEFT JOIN timeline t ON t.event_id = d.event_id
WHERE d.doc = @doc AND d.sender NOT IN (SELECT user_id FROM ignored_people);

-- name: docFrom
SELECT d.event_id AS eventId, e.origin_server_ts AS ts FROM search_docs d JOIN events e ON e.event_id = d.event_id
WHERE d.room_id = @roomId AND d.doc >= @doc AND d.sender NOT IN (SELECT user_id FROM ignored_people)
ORDER BY d.doc LIMIT 1;

-- name: docBefore
SELECT d.event_id AS eventId, e.origin_server_ts AS ts FROM search_docs d JOIN events e ON e.event_id = d.event_id
WHERE d.room_id = @roomId AND d.doc < @doc AND d.sender NOT IN (SELECT user_id FROM ignored_people)
ORDER BY d.doc DESC LIMIT 1;

-- name: redacted
SELECT 1 AS found FROM redactions WHERE redacts = @eventId;

-- name: isIgnored
SELECT 1 AS found FROM ignored_people WHERE user_id = @userId;

-- name: isStored
SELECT 1 AS found FROM timeline WHERE event_id = @eventId;

-- name: rooms
SELECT room_id AS roomId, name, membership, is_encrypted AS isEncrypted FROM rooms;

-- name: roomsWithGaps
SELECT DISTINCT room_id AS roomId FROM segments WHERE prev_batch IS NOT NULL;

-- name: people
SELECT DISTINCT user_id AS userId, display_name AS name FROM members;

-- name: senderName
SELECT display_name AS name FROM members WHERE room_id = @roomId AND user_id = @userId;

-- name: historyJobs
SELECT room_id AS roomId FROM history_jobs ORDER BY asked_at, room_id;

-- name: addHistoryJob
INSERT INTO history_jobs (room_id, asked_at) VALUES (@roomId, @askedAt) ON CONFLICT (room_id) DO NOTHING;

-- name: removeHistoryJob
DELETE FROM history_jobs WHERE room_id = @roomId;

-- name: oldestOf
SELECT e.origin_server_ts AS ts FROM timeline t CROSS JOIN events e ON e.event_id = t.event_id
WHERE t.room_id = @roomId AND t.segment = @segment ORDER BY t.position LIMIT 1;

-- name: countIn
SELECT count(*) AS count FROM timeline WHERE room_id = @roomId;
