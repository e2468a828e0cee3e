-- Files waiting to be sent, and the composer's tray (kept.db).

-- name: insertStaged
INSERT INTO staged (staged_id, user_id, name, content_type, kind, size, width, height, staged_at)
VALUES (:stagedId, :userId, :name, :contentType, :kind, :size, :width, :height, :now);

-- name: stagedById
SELECT staged_id AS stagedId, user_id AS userId, name, content_type AS contentType, kind, size, width, height
FROM staged
WHERE staged_id = :stagedId;

-- name: resizeStaged
UPDATE staged SET size = :size WHERE staged_id = :stagedId;

-- name: removeStaged
-- What a message or a draft still needs stays.
DELETE FROM staged
WHERE staged_id = :stagedId
  AND NOT EXISTS (SELECT 1 FROM uploads WHERE uploads.staged_id = staged.staged_id)
  AND NOT EXISTS (SELECT 1 FROM draft_attachments
                  WHERE staged.staged_id IN (draft_attachments.staged_id, draft_attachments.thumbnail_id));

-- name: unneededStaged
SELECT staged_id AS stagedId
FROM staged
WHERE NOT EXISTS (SELECT 1 FROM uploads WHERE uploads.staged_id = staged.staged_id)
  AND NOT EXISTS (SELECT 1 FROM draft_attachments
                  WHERE staged.staged_id IN (draft_attachments.staged_id, draft_attachments.thumbnail_id));

-- name: insertDraftAttachment
INSERT INTO draft_attachments (user_id, room_id, thread_id, position, staged_id, thumbnail_id, attachment)
VALUES (:userId, :roomId, :threadId, :position, :stagedId, :thumbnailId, :attachment);

-- name: clearDraftAttachments
DELETE FROM draft_attachments WHERE user_id = :userId AND room_id = :roomId AND thread_id = :threadId;

-- name: removeDraftAttachment
-- It has become a message.
DELETE FROM draft_attachments WHERE user_id = :userId AND staged_id = :stagedId;

-- name: draftAttachments
SELECT attachment FROM draft_attachments
WHERE user_id = :userId AND room_id = :roomId AND thread_id = :threadId ORDER BY position;
