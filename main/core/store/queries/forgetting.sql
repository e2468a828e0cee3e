-- What one person wrote here (kept.db), removed when they sign out themselves.

-- name: dueUser
SELECT value FROM preferences WHERE key = 'forgetting';

-- name: setDueUser
INSERT INTO preferences (key, value) VALUES ('forgetting', @userId)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: removeDueUser
DELETE FROM preferences WHERE key = 'forgetting';

-- name: removeOutgoing
DELETE FROM outgoing WHERE user_id = @userId;

-- name: removeSettled
DELETE FROM settled WHERE user_id = @userId;

-- name: removeDrafts
DELETE FROM drafts WHERE user_id = @userId;

-- name: removeThreadDrafts
DELETE FROM thread_drafts WHERE user_id = @userId;

-- name: removeReceipts
DELETE FROM pending_thread_receipts WHERE user_id = @userId;

-- name: removeCalls
DELETE FROM calls_under_way WHERE user_id = @userId;

-- name: removeExport
DELETE FROM exports WHERE user_id = @userId;

-- name: removeExportRooms
DELETE FROM export_rooms WHERE user_id = @userId;

-- name: removeStagedFiles
DELETE FROM staged WHERE user_id = @userId;

-- name: removeDraftAttachments
DELETE FROM draft_attachments WHERE user_id = @userId;

-- name: removeWishes
DELETE FROM wishes WHERE user_id = @userId;

-- name: removeMassRedactions
DELETE FROM mass_redactions WHERE user_id = @userId;

-- name: removeDueRedactions
DELETE FROM due_redactions WHERE user_id = @userId;

-- name: removeDuePins
DELETE FROM due_pins WHERE user_id = @userId;

-- name: removeDueDirects
DELETE FROM due_directs WHERE user_id = @userId;

-- name: removeKnocks
DELETE FROM knocks WHERE user_id = @userId;
