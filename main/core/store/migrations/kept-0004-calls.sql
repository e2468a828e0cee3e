-- Calls that are under way. Written before the other side can know of them, removed when it knows that they are over:
-- what an app that was killed finds here it hangs up, and nobody sits in a call with a ghost.
CREATE TABLE calls_under_way (
  user_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  party_id TEXT NOT NULL,
  version INTEGER NOT NULL,                 -- of the protocol the other side speaks: 0 or 1
  since INTEGER NOT NULL,                   -- ms since the epoch
  PRIMARY KEY (user_id, call_id)
) WITHOUT ROWID;
