-- People whose words are not to be shown (spec: Ignoring Users), as m.ignored_user_list last named them; never ourselves.
CREATE TABLE ignored_people (
  user_id TEXT PRIMARY KEY
) WITHOUT ROWID;
INSERT INTO ignored_people (user_id)
SELECT list.key
FROM account_data d, json_each(d.content, '$.ignored_users') list
WHERE d.room_id = '' AND d.type = 'm.ignored_user_list' AND json_type(d.content, '$.ignored_users') = 'object'
  AND list.key IS NOT (SELECT value FROM sync_state WHERE key = 'user_id');

-- What may be shown of the stored events: whoever shows reads this, whoever writes reads `events`. State is for all.
CREATE VIEW shown_events AS
SELECT rowid AS stored, * FROM events
WHERE state_key IS NOT NULL OR sender NOT IN (SELECT user_id FROM ignored_people);
