-- What the diagnostics say of any database of ours.

-- name: versions
SELECT sqlite_version() AS sqlite, (SELECT user_version FROM pragma_user_version) AS schema;
