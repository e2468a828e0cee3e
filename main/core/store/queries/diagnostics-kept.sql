-- Numbers only: nothing of what anybody wrote.

-- name: outgoingCounts
SELECT state, count(*) AS count FROM outgoing GROUP BY state ORDER BY state;
