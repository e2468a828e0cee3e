-- What the model's sync code and its eye need of cache.db; the product's own SQL is what is tested.

-- name: insertEvent
-- It may come again, in another way, with what only this device is told.
INSERT INTO events (event_id, room_id, type, sender, origin_server_ts, transaction_id, relates_to, rel_type, raw)
VALUES (:id, :roomId, :type, :sender, 0, :transactionId, :relatesTo, :relType, :raw)
ON CONFLICT (event_id) DO UPDATE SET transaction_id = coalesce(excluded.transaction_id, events.transaction_id);

-- name: insertPlace
INSERT OR IGNORE INTO timeline (room_id, segment, position, event_id)
VALUES (:roomId, 0, (SELECT count(*) FROM timeline WHERE room_id = :roomId), :id);

-- name: insertSegment
INSERT INTO segments (room_id, segment, prev_batch)
VALUES (:roomId, coalesce((SELECT max(segment) FROM segments WHERE room_id = :roomId), -1) + 1, 'gap');

-- name: forgetPlacesOf
DELETE FROM timeline WHERE room_id = :roomId;

-- name: setEpoch
INSERT OR REPLACE INTO sync_state (key, value) VALUES ('epoch', :value);

-- name: setNextBatch
INSERT OR REPLACE INTO sync_state (key, value) VALUES ('next_batch', 'some');

-- name: forgetEvents
DELETE FROM events;

-- name: forgetPlaces
DELETE FROM timeline;

-- name: forgetSegments
DELETE FROM segments;

-- name: forgetState
DELETE FROM sync_state;
