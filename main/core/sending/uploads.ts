import type { MxcUri, RoomId, StagedId, TransactionId } from "../../../preload/contract/ids.ts";
import { objectOf, stringOf, type JsonObject } from "../event.ts";
import type { Result } from "../failure.ts";
import type { OutgoingRow, UploadRow } from "../store/queries/sending.ts";
import { decide, type AttemptEffort, type Outcome } from "./decide.ts";
import { parkWithDependents } from "./dependents.ts";
import { parseContent } from "./parse-content.ts";
import { commit, findRow, publishLane, type Queue } from "./queue.ts";

// Files go to the server as steps of their row, in its place in the lane: nothing typed later overtakes, and no event
// leaves before what it links to (ATT-02). Each address is written down as it comes, so a file that has been taken is
// never brought again (ATT-03). Until its event is attempted the server cannot have the message: it can be deleted,
// and its words changed, at any time.

/** A file that must now go to the server, and then come back to `finishUpload`. */
export interface Upload {
  readonly kind: "upload";
  readonly seq: number;
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  readonly role: UploadRow["role"];
  readonly stagedId: StagedId;
}

/** The next file the row needs on the server; null when it has all. */
export function nextUpload(queue: Queue, { seq, roomId, transactionId }: OutgoingRow): Upload | null {
  const next = queue.rows.nextUpload.get({ seq });
  return next === undefined ? null : { kind: "upload", seq, roomId, transactionId, ...next };
}

/** Writes down how an upload ended. The row may be gone: it was deleted meanwhile. */
export function finishUpload(
  queue: Queue,
  upload: Upload,
  result: Result<MxcUri>,
  effort: AttemptEffort,
): Outcome {
  const { seq, roomId } = upload;
  queue.inFlight.delete(seq);
  let hasParked = false;
  const outcome = commit(queue, (): Outcome => {
    const row = queue.rows.rowBySeq.get({ seq });
    if (result.ok) {
      pointAtFile(queue, upload.stagedId, result.value);
      return { do: "next" };
    }
    const failingMs = row?.failingMs ?? 0;
    const decision = decide(result.failure, { ...effort, failingMs }, queue.random.fraction());
    if (row?.state !== "queued")
      return decision.do === "hold" || decision.do === "stop" ? decision : { do: "next" };
    if (decision.do === "park") {
      parkWithDependents(queue, row, decision);
      hasParked = true;
      return { do: "next" };
    }
    const { mayHaveArrived } = row;
    if (decision.do === "wait")
      queue.rows.recordFailure.run({ seq, mayHaveArrived, failingMs: decision.failingMs });
    return decision;
  });
  publishLane(queue, roomId, hasParked);
  return outcome;
}

/** What the message still needs on the server: a copy of it in another room needs the same. */
export function neededUploads(
  queue: Queue,
  roomId: RoomId,
  transactionId: TransactionId,
): readonly UploadRow[] {
  const row = findRow(queue, roomId, transactionId);
  return row === undefined ? [] : queue.rows.neededUploads.all({ seq: row.seq });
}

/**
 * The file has its address: every event that carries it and lacks one names it from here on. Of two uploads of the same
 * file the first counts: what names an address may be on its way. Inside a transaction.
 */
function pointAtFile(queue: Queue, stagedId: StagedId, mxc: MxcUri): void {
  for (const { seq, role } of queue.rows.markUploaded.all({ stagedId, mxc })) {
    const row = queue.rows.rowBySeq.get({ seq });
    if (row === undefined) continue;
    // The window begins anew: the server takes what it is given (SEND-07).
    queue.rows.recordFailure.run({ seq, mayHaveArrived: row.mayHaveArrived, failingMs: 0 });
    const content = parseContent(row.eventType, row.content);
    // What cannot be read stays as it is: it will be parked.
    if (content !== null)
      queue.rows.rewrite.run({ seq, content: JSON.stringify(withAddress(content, role, mxc)) });
  }
}

function withAddress(content: JsonObject, role: UploadRow["role"], mxc: MxcUri): JsonObject {
  return role === "file"
    ? { ...content, url: mxc }
    : { ...content, info: { ...objectOf(content, "info"), thumbnail_url: mxc } };
}

const carriers: ReadonlySet<unknown> = new Set(["m.image", "m.video", "m.audio", "m.file"]);

export const carriesFile = (content: JsonObject): boolean => carriers.has(content["msgtype"]);

/** New words for a message that carries a file: they are its caption, the file stays (spec v1.10, media captions). */
export function withWords(old: JsonObject | null, words: JsonObject): JsonObject {
  if (old === null || !carriesFile(old)) return words;
  // Without a caption the body was the name, which must not go with it.
  const filename = stringOf(old, "filename") ?? stringOf(old, "body");
  const { body: _body, format: _format, formatted_body: _html, "m.mentions": _mentions, ...file } = old;
  const { msgtype: _msgtype, ...caption } = words;
  return { ...file, ...(filename === null ? {} : { filename }), ...caption };
}
