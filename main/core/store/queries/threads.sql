-- Threads of the timeline (cache.db).

-- name: children
-- All replies of a thread, without their words. Those without a place came by themselves.
SELECT e.event_id AS eventId, e.sender, e.origin_server_ts AS ts, e.stored, t.segment, t.position
FROM shown_events e LEFT JOIN timeline t ON t.event_id = e.event_id
WHERE e.relates_to = @root AND e.rel_type = 'm.thread' AND e.room_id = @roomId AND e.state_key IS NULL
  AND e.is_redacted = 0;

-- name: allChildren
-- Also those that are not to be shown: what is whole does not depend on who said it.
SELECT e.event_id AS eventId, e.sender, e.origin_server_ts AS ts, e.rowid AS stored, t.segment, t.position,
  e.sender IN (SELECT user_id FROM ignored_people) AS isHidden
FROM events e LEFT JOIN timeline t ON t.event_id = e.event_id
WHERE e.relates_to = @root AND e.rel_type = 'm.thread' AND e.room_id = @roomId AND e.state_key IS NULL
  AND e.is_redacted = 0;

-- name: hiddenChildren
-- How many stored replies of a thread are not to be shown.
SELECT count(*) AS count FROM events e JOIN ignored_people i ON i.user_id = e.sender
WHERE e.relates_to = @root AND e.rel_type = 'm.thread' AND e.room_id = @roomId AND e.state_key IS NULL
  AND e.is_redacted = 0;

-- name: rootsBetween
-- The events placed in this stretch that something was said about in a thread.
SELECT DISTINCT e.relates_to AS root
FROM timeline t CROSS JOIN events e ON e.relates_to = t.event_id
WHERE t.room_id = @roomId
  AND (t.segment, t.position) >= (@fromSegment, @fromPosition)
  AND (t.segment, t.position) <= (@toSegment, @toPosition)
  AND e.rel_type = 'm.thread' AND e.room_id = @roomId AND e.state_key IS NULL;

-- name: roots
SELECT DISTINCT relates_to AS root FROM shown_events
WHERE room_id = @roomId AND rel_type = 'm.thread' AND relates_to IS NOT NULL;

-- name: hasThreads
SELECT 1 AS found FROM shown_events
WHERE room_id = @roomId AND rel_type = 'm.thread' AND relates_to IS NOT NULL LIMIT 1;

-- name: rootOf
SELECT relates_to AS root FROM events
WHERE event_id = @eventId AND room_id = @roomId AND rel_type = 'm.thread' AND relates_to IS NOT NULL;

-- name: rawOf
SELECT raw FROM events WHERE event_id = @eventId AND room_id = @roomId;

-- name: sentAs
-- The event of ours that was sent under this id.
SELECT event_id AS eventId FROM events
WHERE transaction_id = @transactionId AND room_id = @roomId AND sender = @userId LIMIT 1;

-- name: newestSegment
SELECT max(segment) AS segment FROM segments WHERE room_id = @roomId;

-- name: unread
-- Replies that notify and are not read, by thread: as counted here, or as the server says where our history has a hole.
SELECT thread_id AS root, count(*) AS unread, sum(is_highlight) AS highlight FROM attention
WHERE room_id = @roomId AND thread_id <> ''
  AND NOT EXISTS (SELECT 1 FROM server_counts WHERE room_id = @roomId AND is_used = 1)
GROUP BY thread_id
UNION ALL
SELECT thread_id AS root, unread, highlight FROM thread_counts
WHERE room_id = @roomId AND EXISTS (SELECT 1 FROM server_counts WHERE room_id = @roomId AND is_used = 1);

-- name: putCount
INSERT INTO thread_counts (room_id, thread_id, unread, highlight) VALUES (@roomId, @root, @unread, @highlight)
ON CONFLICT (room_id, thread_id) DO UPDATE SET unread = excluded.unread, highlight = excluded.highlight;

-- name: removeCounts
DELETE FROM thread_counts WHERE room_id = @roomId;

-- name: removeCount
DELETE FROM thread_counts WHERE room_id = @roomId AND thread_id = @root;

-- name: readPlaces
-- Up to where we have read, of the whole room and of this thread.
SELECT t.segment, t.position FROM read_positions p
JOIN timeline t ON t.event_id = p.event_id AND t.room_id = p.room_id
WHERE p.room_id = @roomId AND p.thread_id IN ('', @root);

-- name: receipt
SELECT user_id AS userId, event_id AS eventId, ts FROM thread_receipts
WHERE room_id = @roomId AND thread_id = @root AND user_id = @userId;

-- name: setReceipt
INSERT INTO thread_receipts (room_id, thread_id, user_id, event_id, ts)
VALUES (@roomId, @root, @userId, @eventId, @ts)
ON CONFLICT (room_id, thread_id, user_id) DO UPDATE SET event_id = excluded.event_id, ts = excluded.ts;

-- name: receipts
SELECT user_id AS userId, event_id AS eventId, ts FROM thread_receipts
WHERE room_id = @roomId AND thread_id = @root;
