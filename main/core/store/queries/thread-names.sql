-- Under which names what is written in a thread may be stored (kept.db).

-- name: threadNames
-- All ids its root has and had: as an event, and under each transaction id an edit gave it.
WITH RECURSIVE names (id) AS (
  SELECT :eventId UNION SELECT :transactionId
  UNION
  SELECT coalesce(s.replaced_by, s.event_id) FROM names n CROSS JOIN settled s ON s.transaction_id = n.id
  WHERE s.user_id = :userId AND s.room_id = :roomId
  UNION
  SELECT s.transaction_id FROM names n CROSS JOIN settled s ON s.event_id = n.id
  WHERE s.user_id = :userId AND s.room_id = :roomId
  UNION
  SELECT s.transaction_id FROM names n CROSS JOIN settled s ON s.replaced_by = n.id
  WHERE s.user_id = :userId AND s.room_id = :roomId
  UNION
  SELECT CASE WHEN o.transaction_id = n.id THEN o.event_id ELSE o.transaction_id END
  FROM names n JOIN outgoing o ON n.id IN (o.transaction_id, o.event_id)
  WHERE o.user_id = :userId AND o.room_id = :roomId
)
SELECT id FROM names WHERE id IS NOT NULL;
