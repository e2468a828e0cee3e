import { statSync } from "node:fs";
import { arch, release, type } from "node:os";
import { basename } from "node:path";
import type { Connection, Session } from "../../preload/contract/models/session.ts";
import { redact } from "../lib/redact.ts";
import type { Platform } from "./platform.ts";
import { countQueries, versionsOf } from "./store/queries/diagnostics.ts";
import type { RunTimings } from "./run-timings.ts";
import { span, statementLines } from "./statement-lines.ts";
import type { Store } from "./store/store.ts";

export interface DiagnosticsDeps {
  readonly platform: Pick<Platform, "profileDir" | "secrets">;
  readonly store: Store;
  readonly session: () => Session;
  readonly connection: () => Connection;
  readonly timings: () => RunTimings;
  readonly mediaStats: () => Promise<{ readonly files: number; readonly bytes: number }>;
}

/**
 * What somebody who helps wants to know, as lines of plain text: versions, sizes, states. No token, nothing anybody
 * wrote, and of names only the user's own server.
 */
export async function diagnose(deps: DiagnosticsDeps): Promise<string> {
  const { platform, store } = deps;
  const counts = countQueries(store.cache, store.kept);
  const media = await deps.mediaStats();
  const lines: [string, string | number][] = [
    ["dunlin", process.env["DUNLIN_VERSION"] ?? "from source"],
    ["system", `${type()} ${release()} ${arch()}`],
    ...["electron", "chrome", "node"].flatMap((name): [string, string][] => {
      const version = process.versions[name];
      return version === undefined ? [] : [[name, version]];
    }),
    ["sqlite", versionsOf(store.cache)?.sqlite ?? "?"],
    ["schema of cache.db", versionsOf(store.cache)?.schema ?? "?"],
    ["schema of kept.db", versionsOf(store.kept)?.schema ?? "?"],
    ["secrets", platform.secrets.backend],
    // What the line above promises, as it lies on the disk.
    ["secrets stored", await storedSecrets(platform)],
    ["session", sessionLine(deps.session())],
    ["connection", connectionLine(deps.connection())],
    ["rooms", counts.rooms.get({})?.count ?? 0],
    ...counts.outgoing.all({}).map(({ state, count }): [string, number] => [`outgoing, ${state}`, count]),
    ["cache.db", sizeOf(store.cache.path)],
    ["kept.db", sizeOf(store.kept.path)],
    ["media", `${media.files} files, ${mebibytes(media.bytes)}`],
    ...timingLines(deps.timings()),
    ...[store.cache, store.kept].flatMap((one) => statementLines(basename(one.path), one.timings())),
    ["cache rebuilt at this start", store.isCacheRebuilt ? "yes" : "no"],
  ];
  return redact(lines.map(([name, value]) => `${name}: ${value}`).join("\n"));
}

/** A file that cannot be read is a finding, not a reason to say nothing. */
async function storedSecrets({ secrets }: DiagnosticsDeps["platform"]): Promise<string> {
  return (await secrets.describe?.().catch(() => "unreadable")) ?? "?";
}

function timingLines(timings: RunTimings): [string, string][] {
  const { openingMs, openForMs, firstLiveMs, timesLost, lastReturnMs } = timings;
  return [
    ["opened in", span(openingMs)],
    ["open for", span(openForMs)],
    ["up to date after", firstLiveMs === null ? "not yet" : span(firstLiveMs)],
    [
      "connection lost",
      `${timesLost} times${lastReturnMs === null ? "" : `, last back after ${span(lastReturnMs)}`}`,
    ],
  ];
}

const sessionLine = (session: Session): string =>
  session.state === "signed-out" ? session.state : `${session.state}, ${session.account.homeserver}`;

function connectionLine(connection: Connection): string {
  if (!("failure" in connection) || connection.failure === null) return connection.state;
  const { kind, status, errcode } = connection.failure;
  return [connection.state, kind, status, errcode].filter((part) => part !== undefined).join(", ");
}

/** The file with its write-ahead log. */
function sizeOf(path: string): string {
  const bytes = [path, `${path}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return mebibytes(bytes[0] ?? 0) + ((bytes[1] ?? 0) > 0 ? ` and ${mebibytes(bytes[1] ?? 0)} of log` : "");
}

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
