-- The archive under way (kept.db).

-- name: job
SELECT job FROM exports WHERE user_id = @userId;

-- name: putJob
INSERT INTO exports (user_id, job) VALUES (@userId, @job)
ON CONFLICT (user_id) DO UPDATE SET job = excluded.job;

-- name: removeJob
DELETE FROM exports WHERE user_id = @userId;

-- name: addRoom
INSERT INTO export_rooms (user_id, number, room_id) VALUES (@userId, @number, @roomId);

-- name: room
SELECT number, room_id AS roomId, written FROM export_rooms WHERE user_id = @userId AND number = @number;

-- name: rooms
SELECT number, room_id AS roomId, written FROM export_rooms WHERE user_id = @userId ORDER BY number;

-- name: setWritten
UPDATE export_rooms SET written = @written WHERE user_id = @userId AND number = @number;

-- name: forgetWritten
UPDATE export_rooms SET written = NULL WHERE user_id = @userId;

-- name: removeRooms
DELETE FROM export_rooms WHERE user_id = @userId;
