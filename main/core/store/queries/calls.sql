-- name: putCall
INSERT OR REPLACE INTO calls_under_way (user_id, call_id, room_id, party_id, version, since)
VALUES (@userId, @callId, @roomId, @partyId, @version, @since)

-- name: removeCall
DELETE FROM calls_under_way WHERE user_id = @userId AND call_id = @callId

-- name: loadCalls
SELECT call_id AS callId, room_id AS roomId, party_id AS partyId, version, since
FROM calls_under_way WHERE user_id = @userId ORDER BY since
