-- Numbers only: nothing of what anybody wrote.

-- name: roomCount
SELECT count(*) AS count FROM rooms;
