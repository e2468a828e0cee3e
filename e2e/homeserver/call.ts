import { isObject, type JsonObject } from "./json.ts";
import { invalidParam, MatrixError } from "./matrix-error.ts";
import type { Reader } from "./events.ts";
import type { Room } from "./room.ts";
import type { Site } from "./site.ts";
import type { AccessToken, Device, User } from "./users.ts";

/** What a handler answers. `json` or `bytes`, never both. */
export interface Answer {
  status: number;
  json?: unknown;
  bytes?: Uint8Array;
  headers?: Record<string, string>;
}

/** 200 with JSON. */
export function ok(json: unknown = {}): Answer {
  return { status: 200, json };
}

/** One request on its way through a handler. */
export class Call {
  readonly site: Site;
  readonly method: string;
  readonly path: string;
  readonly params: Record<string, string>;
  readonly query: URLSearchParams;
  readonly headers: Record<string, string>;
  readonly bytes: Buffer;
  readonly token: AccessToken | undefined;
  /** Aborted when the client has gone away. */
  readonly signal: AbortSignal;
  /** Clock skew asked for by a fault, ms. */
  readonly skew: number;

  constructor(
    fields: Pick<
      Call,
      "site" | "method" | "path" | "params" | "query" | "headers" | "bytes" | "token" | "signal" | "skew"
    >,
  ) {
    this.site = fields.site;
    this.method = fields.method;
    this.path = fields.path;
    this.params = fields.params;
    this.query = fields.query;
    this.headers = fields.headers;
    this.bytes = fields.bytes;
    this.token = fields.token;
    this.signal = fields.signal;
    this.skew = fields.skew;
  }

  /** A decoded part of the path. */
  param(name: string): string {
    return this.params[name] ?? "";
  }

  /** The body as a JSON object; 400 M_NOT_JSON or M_BAD_JSON otherwise. */
  get json(): JsonObject {
    let parsed: unknown;
    try {
      parsed = JSON.parse(this.bytes.toString("utf8"));
    } catch {
      throw new MatrixError(400, "M_NOT_JSON", "Content not JSON.");
    }
    if (!isObject(parsed)) throw new MatrixError(400, "M_BAD_JSON", "Content must be an object.");
    return parsed;
  }

  /** The same for endpoints whose body may be empty. */
  get optionalJson(): JsonObject {
    return this.bytes.length === 0 ? {} : this.json;
  }

  /** The asking user; the router has refused the call before if there is none. */
  get user(): User {
    const user = this.token && this.site.state.users.get(this.token.userId);
    if (!user) throw new MatrixError(401, "M_MISSING_TOKEN", "Missing access token");
    return user;
  }

  /** The asking device. */
  get device(): Device {
    const device = this.token && this.user.devices.get(this.token.deviceId);
    if (!device) throw new MatrixError(401, "M_UNKNOWN_TOKEN", "Unknown device");
    return device;
  }

  /** For whom events are served. */
  get reader(): Reader {
    return {
      userId: this.user.userId,
      deviceId: this.device.deviceId,
      now: this.site.state.now(),
      omitTransactionId: this.site.omitTransactionId,
    };
  }

  /** The room of the path; unknown rooms look like rooms one is not in. */
  get room(): Room {
    const room = this.site.state.rooms.get(this.param("roomId"));
    if (room === undefined) throw new MatrixError(403, "M_FORBIDDEN", "You are not in this room");
    return room;
  }

  /** A whole number of the query, clamped to 0…max. */
  integer(name: string, fallback: number, max: number): number {
    const text = this.query.get(name);
    if (text === null) return fallback;
    if (!/^-?\d+$/.test(text)) throw invalidParam(`Query parameter ${name} must be an integer`);
    const value = Number(text);
    if (value < 0) throw invalidParam(`Query parameter ${name} must be at least 0`);
    return Math.min(value, max);
  }

  /** A stream token of the query, undefined when absent, 400 when not ours. */
  position(name: string): number | undefined {
    const text = this.query.get(name);
    if (text === null) return undefined;
    const position = this.site.state.tokens.decode(text);
    if (position === undefined) throw invalidParam(`Invalid stream token in ${name}`);
    return position;
  }
}
