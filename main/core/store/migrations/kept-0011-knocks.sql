-- Requests to join that are not answered yet, or were answered with an invitation that is still to be taken up.
CREATE TABLE knocks (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  refusal TEXT,                             -- JSON Failure: the server did not let us in after all
  PRIMARY KEY (user_id, room_id)
) WITHOUT ROWID;
