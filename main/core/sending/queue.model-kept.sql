-- What the model's eye needs of kept.db.

-- name: allRows
SELECT seq, room_id AS roomId, transaction_id AS transactionId, content, state, reason, event_id AS eventId,
       may_have_arrived AS mayHaveArrived, depends_on AS dependsOn
FROM outgoing
ORDER BY seq;

-- name: garble
-- As if another version had written it.
UPDATE outgoing SET content = '{"garbled' WHERE seq = :seq AND attempts = 0;

-- name: forgetRows
DELETE FROM outgoing;

-- name: forgetSettled
DELETE FROM settled;
