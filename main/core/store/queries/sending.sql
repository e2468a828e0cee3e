-- name: insertRow
INSERT INTO outgoing (user_id, room_id, transaction_id, event_type, content, state, reason, blocks, queued_at,
                      waiting_since, depends_on)
VALUES (:userId, :roomId, :transactionId, :eventType, :content, :state, :reason, :blocks, :now, :now, :dependsOn);

-- name: insertUpload
INSERT INTO uploads (seq, role, staged_id)
SELECT seq, :role, :stagedId FROM outgoing WHERE transaction_id = :transactionId;

-- name: nextUpload
-- What the row still needs on the server; its file before its thumbnail.
SELECT role, staged_id AS stagedId FROM uploads WHERE seq = :seq AND mxc IS NULL ORDER BY role LIMIT 1;

-- name: markUploaded
-- Every row that carries this file, also forwarded ones: what the server has taken is never brought again.
UPDATE uploads SET mxc = :mxc WHERE staged_id = :stagedId AND mxc IS NULL RETURNING seq, role;

-- name: neededUploads
-- What a row still needs on the server.
SELECT role, staged_id AS stagedId FROM uploads WHERE seq = :seq AND mxc IS NULL ORDER BY role;

-- name: laneUploads
SELECT uploads.seq, role, staged_id AS stagedId
FROM uploads JOIN outgoing USING (seq)
WHERE user_id = :userId AND room_id = :roomId;

-- name: rowBySeq
SELECT * FROM outgoing_rows
WHERE seq = :seq;

-- name: rowByTransaction
SELECT * FROM outgoing_rows
WHERE transactionId = :transactionId;

-- name: firstQueued
SELECT * FROM outgoing_rows
WHERE userId = :userId AND roomId = :roomId AND state = 'queued'
ORDER BY seq
LIMIT 1;

-- name: dependents
SELECT * FROM outgoing_rows
WHERE dependsOn = :seq
ORDER BY seq;

-- name: pointAt
-- What the row speaks of has its event id, or is gone: the row stands on its own from here on, or waits for another.
UPDATE outgoing SET content = :content, depends_on = :dependsOn WHERE seq = :seq;

-- name: laneRows
SELECT * FROM outgoing_rows
WHERE userId = :userId AND roomId = :roomId
ORDER BY seq;

-- name: unsentRows
-- Everything the server has not answered for, in all rooms, oldest first.
SELECT * FROM outgoing_rows
WHERE userId = :userId AND state <> 'sent'
ORDER BY seq;

-- name: attemptedRows
-- Only what was attempted can be known to the server.
SELECT * FROM outgoing_rows
WHERE roomId = :roomId AND attempts > 0
ORDER BY seq;

-- name: attemptedRooms
SELECT DISTINCT room_id AS roomId FROM outgoing WHERE attempts > 0;

-- name: queuedRooms
-- The room that has waited longest goes first.
SELECT room_id AS roomId
FROM outgoing
WHERE user_id = :userId AND state = 'queued'
GROUP BY room_id
ORDER BY min(seq);

-- name: parkedRooms
SELECT DISTINCT room_id AS roomId FROM outgoing WHERE user_id = :userId AND state = 'parked' ORDER BY room_id;

-- name: firstBlocker
SELECT min(seq) AS seq FROM outgoing WHERE user_id = :userId AND room_id = :roomId AND blocks = 1;

-- name: parkedCount
SELECT count(*) AS count FROM outgoing WHERE user_id = :userId AND room_id = :roomId AND state = 'parked';

-- name: raiseAttempt
UPDATE outgoing
SET attempts = attempts + 1, may_have_arrived = 1, attempt_device_id = :deviceId, attempted_at = :at,
    attempt_epoch = :epoch, attempt_segment = :segment
WHERE seq = :seq;

-- name: recordFailure
UPDATE outgoing SET may_have_arrived = :mayHaveArrived, failing_ms = :failingMs WHERE seq = :seq;

-- name: markSent
UPDATE outgoing
SET state = 'sent', event_id = :eventId, reason = NULL, blocks = 0, failing_ms = 0
WHERE seq = :seq;

-- name: park
UPDATE outgoing SET state = 'parked', reason = :reason, blocks = :blocks WHERE seq = :seq;

-- name: requeue
UPDATE outgoing
SET state = 'queued', reason = NULL, blocks = 0, failing_ms = 0, waiting_since = :now
WHERE seq = :seq;

-- name: acceptRisk
-- The user wants it sent although it may have arrived: from here on as if first attempted now and by this device.
UPDATE outgoing SET attempt_device_id = :deviceId, attempted_at = :now WHERE seq = :seq;

-- name: rewrite
UPDATE outgoing SET content = :content WHERE seq = :seq;

-- name: replace
-- The same place in the lane under a new transaction id: for the server it is another message.
UPDATE outgoing
SET content = :content, transaction_id = :transactionId, attempts = 0, may_have_arrived = 0,
    attempt_device_id = NULL, attempted_at = NULL, attempt_epoch = NULL, attempt_segment = NULL, failing_ms = 0
WHERE seq = :seq;

-- name: deleteRow
DELETE FROM outgoing WHERE seq = :seq;

-- name: insertSettled
INSERT OR REPLACE INTO settled
  (transaction_id, user_id, room_id, outcome, queued_at, settled_at, event_id, replaced_by)
VALUES (:transactionId, :userId, :roomId, :outcome, :queuedAt, :now, :eventId, :replacedBy);

-- name: settledByTransaction
SELECT user_id AS userId, room_id AS roomId, outcome, queued_at AS queuedAt, event_id AS eventId,
  replaced_by AS replacedBy
FROM settled
WHERE transaction_id = :transactionId;

-- name: pruneSettled
DELETE FROM settled WHERE settled_at < :before;

-- name: saveReceipt
-- Latest wins: one row per room and thread.
INSERT INTO pending_thread_receipts (user_id, room_id, thread_id, event_id, receipt_type)
VALUES (:userId, :roomId, :threadId, :eventId, :receiptType)
ON CONFLICT DO UPDATE SET event_id = excluded.event_id, receipt_type = excluded.receipt_type;

-- name: pendingReceipts
SELECT room_id AS roomId, thread_id AS threadId, event_id AS eventId, receipt_type AS receiptType
FROM pending_thread_receipts
WHERE user_id = :userId
ORDER BY room_id, thread_id;

-- name: pendingReceipt
-- Any of the room: the server does not have all of what was read.
SELECT event_id AS eventId FROM pending_thread_receipts
WHERE user_id = :userId AND room_id = :roomId ORDER BY thread_id LIMIT 1;

-- name: deleteReceipt
-- Only the one that was sent: a newer one may have come meanwhile.
DELETE FROM pending_thread_receipts WHERE user_id = :userId AND room_id = :roomId AND thread_id = :threadId
  AND event_id = :eventId AND receipt_type = :receiptType;

-- name: saveDraft
INSERT INTO drafts (user_id, room_id, body, mentions, reply_to, edits, updated_at)
VALUES (:userId, :roomId, :body, :mentions, :replyTo, :edits, :now)
ON CONFLICT DO UPDATE SET body = excluded.body, mentions = excluded.mentions, reply_to = excluded.reply_to,
  edits = excluded.edits, updated_at = excluded.updated_at;

-- name: deleteDraft
DELETE FROM drafts WHERE user_id = :userId AND room_id = :roomId;

-- name: draft
SELECT body, mentions, reply_to AS replyTo, edits FROM drafts WHERE user_id = :userId AND room_id = :roomId;

-- name: saveThreadDraft
INSERT INTO thread_drafts (user_id, room_id, thread_id, body, mentions, reply_to, edits, updated_at)
VALUES (:userId, :roomId, :threadId, :body, :mentions, :replyTo, :edits, :now)
ON CONFLICT DO UPDATE SET body = excluded.body, mentions = excluded.mentions, reply_to = excluded.reply_to,
  edits = excluded.edits, updated_at = excluded.updated_at;

-- name: deleteThreadDraft
DELETE FROM thread_drafts WHERE user_id = :userId AND room_id = :roomId AND thread_id = :threadId;

-- name: threadDraft
SELECT body, mentions, reply_to AS replyTo, edits FROM thread_drafts
WHERE user_id = :userId AND room_id = :roomId AND thread_id = :threadId;
