-- name: loadPreference
SELECT value FROM preferences WHERE key = @key

-- name: putPreference
INSERT INTO preferences (key, value) VALUES (@key, @value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value
