-- name: loadValue
SELECT value FROM sync_state WHERE key = @key

-- name: putValue
INSERT INTO sync_state (key, value) VALUES (@key, @value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: removeValue
DELETE FROM sync_state WHERE key = @key
