-- Names in a draft that stand for somebody: JSON list of {text, id}. NULL: none.
ALTER TABLE drafts ADD COLUMN mentions TEXT;
