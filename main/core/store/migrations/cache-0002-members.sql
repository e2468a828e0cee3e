-- Which event a member's name came from, so that its redaction takes the name away (RED-02). NULL: stripped state.
ALTER TABLE members ADD COLUMN event_id TEXT;
