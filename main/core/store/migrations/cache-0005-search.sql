-- Full-text search over what is cached. Kept in step by the database itself: whoever writes an event, in whatever
-- transaction, its place in the index follows. Words go at once (RED-02); new ones are noted and indexed in slices.

-- `doc` rises with time (core/search/document.ts), so that "newest first" is the order of the index itself: ranking a
-- common word over a million messages takes most of a second, walking backwards nothing.
CREATE TABLE search_docs (
  doc INTEGER PRIMARY KEY,
  event_id TEXT NOT NULL UNIQUE,
  room_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  has INTEGER NOT NULL,                     -- bits: 1 image, 2 file, 4 link, 8 video, 16 audio
  text TEXT NOT NULL,                       -- folded: no case, no diacritics, single blanks
  short TEXT NOT NULL                       -- what queries of one or two characters find, separated by blanks
);
CREATE INDEX search_docs_by_room ON search_docs (room_id, doc);

-- Any three characters in a row are found: parts of words, and scripts without blanks.
CREATE VIRTUAL TABLE search_text USING fts5 (
  text, content = 'search_docs', content_rowid = 'doc', columnsize = 0, tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE search_short USING fts5 (
  short, content = 'search_docs', content_rowid = 'doc', columnsize = 0, detail = none,
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co Cn Cf'"
);
-- What was deleted must not stay readable in the index until some later merge (RED-02).
INSERT INTO search_text (search_text, rank) VALUES ('secure-delete', 1);
INSERT INTO search_short (search_short, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER search_docs_added AFTER INSERT ON search_docs BEGIN
  INSERT INTO search_text (rowid, text) VALUES (new.doc, new.text);
  INSERT INTO search_short (rowid, short) VALUES (new.doc, new.short);
END;
CREATE TRIGGER search_docs_removed AFTER DELETE ON search_docs BEGIN
  INSERT INTO search_text (search_text, rowid, text) VALUES ('delete', old.doc, old.text);
  INSERT INTO search_short (search_short, rowid, short) VALUES ('delete', old.doc, old.short);
END;

-- Events whose document is to be made anew. No "OR IGNORE" in the triggers: the conflict clause of the statement that
-- fires them stands over theirs, and events are written with an upsert.
CREATE TABLE search_pending (
  event_id TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TRIGGER search_event_added AFTER INSERT ON events
WHEN new.state_key IS NULL AND new.is_redacted = 0
  AND new.type IN ('m.room.message', 'm.sticker', 'm.poll.start', 'org.matrix.msc3381.poll.start')
BEGIN
  INSERT INTO search_pending (event_id)
  SELECT id
  FROM (SELECT iif(new.rel_type = 'm.replace' AND new.relates_to IS NOT NULL, new.relates_to, new.event_id) AS id)
  WHERE id NOT IN (SELECT event_id FROM search_pending);
END;
CREATE TRIGGER search_event_changed AFTER UPDATE OF raw, type, is_redacted, relates_to, room_id ON events
WHEN new.state_key IS NULL
  AND new.type IN ('m.room.message', 'm.sticker', 'm.poll.start', 'org.matrix.msc3381.poll.start')
BEGIN
  DELETE FROM search_docs WHERE event_id = new.event_id;
  DELETE FROM search_docs WHERE old.rel_type = 'm.replace' AND event_id = old.relates_to;
  INSERT INTO search_pending (event_id)
  SELECT id
  FROM (SELECT iif(old.rel_type = 'm.replace' AND old.relates_to IS NOT NULL, old.relates_to, new.event_id) AS id)
  WHERE id NOT IN (SELECT event_id FROM search_pending);
END;
CREATE TRIGGER search_event_removed AFTER DELETE ON events BEGIN
  DELETE FROM search_docs WHERE event_id = old.event_id;
END;

-- `below`: what was cached before there was an index is indexed downwards from here.
CREATE TABLE search_state (
  key TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO search_state (key, value) SELECT 'below', max(rowid) + 1 FROM events HAVING max(rowid) IS NOT NULL;

-- Rooms whose whole history is being fetched. Where it stands is known by the gaps of the timeline.
CREATE TABLE history_jobs (
  room_id TEXT PRIMARY KEY,
  asked_at INTEGER NOT NULL                 -- ms since the epoch: first asked, first served
) WITHOUT ROWID;
