-- Under which names what is written in a thread may be stored (kept.db).

-- name: threadNames
-- All ids its root has and had: as an event, and under each transaction id an edit gave it.
WITH RECURSIVE names (id) AS (
  SELECT :eventId UNION SELECT :transactionId
  UNION
  SELECT CASE WHEN s.transaction_id = n.id THEN coalesce(s.replaced_by, s.event_id) ELSE s.transaction_id END
  FROM names n JOIN settled s ON n.id IN (s.transaction_id, s.replaced_by, s.event_id)
  WHERE s.user_id = :userId AND s.room_id = :roomId
  UNION
  SELECT CASE WHEN o.transaction_id = n.id THEN o.event_id ELSE o.transaction_id END
  FROM names n JOIN outgoing o ON n.id IN (o.transaction_id, o.event_id)
  WHERE o.user_id = :userId AND o.room_id = :roomId
)
SELECT id FROM names WHERE id IS NOT NULL;
