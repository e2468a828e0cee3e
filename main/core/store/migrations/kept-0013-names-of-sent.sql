-- By which ids what was sent is known, looked up at every draft of a thread; there are many thousands of them.
CREATE INDEX settled_by_event ON settled (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX settled_by_replacement ON settled (replaced_by) WHERE replaced_by IS NOT NULL;
