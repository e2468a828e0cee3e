-- State that the packs of stickers are made of (cache.db).

-- name: stateOfType
-- All of one type in a room, at most so many.
SELECT state_key AS stateKey, content FROM state WHERE room_id = @roomId AND type = @type
ORDER BY state_key LIMIT @limit;

-- name: roomFacts
SELECT membership, name FROM rooms WHERE room_id = @roomId;
