import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "./json.ts";

/** What a server answered. */
export interface Reply {
  status: number;
  body: JsonObject;
  headers: Headers;
}

/** An event as clients get it. */
export interface ClientEvent {
  type: string;
  event_id: string;
  sender: string;
  state_key?: string;
  room_id?: string;
  redacts?: string;
  origin_server_ts: number;
  content: JsonObject;
  unsigned?: JsonObject;
}

/** A joined room in a /sync answer. */
export interface JoinedRoom {
  timeline: { events: ClientEvent[]; limited?: boolean; prev_batch: string };
  state: { events: ClientEvent[] };
  ephemeral?: { events: { type: string; content: JsonObject }[] };
  account_data?: { events: { type: string; content: JsonObject }[] };
  summary?: JsonObject;
  unread_notifications?: { notification_count?: number; highlight_count?: number };
}

/** A /sync answer, as far as the contract looks at it. */
export interface SyncBody {
  next_batch: string;
  account_data?: { events: { type: string; content: JsonObject }[] };
  rooms?: {
    join?: Record<string, JoinedRoom>;
    invite?: Record<string, { invite_state: { events: ClientEvent[] } }>;
    leave?: Record<string, { timeline: { events: ClientEvent[] } }>;
  };
}

/** A page of /messages. */
export interface PageBody {
  start: string;
  end?: string;
  chunk: ClientEvent[];
  state?: ClientEvent[];
}

/** Options of one request. */
export interface RequestOptions {
  body?: unknown;
  query?: Record<string, string>;
  token?: string | undefined;
  raw?: { bytes: Uint8Array; contentType: string };
}

/** One HTTP request; 429 is waited out as told, so that a real server is treated politely. */
export async function request(
  baseUrl: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Reply> {
  const query = options.query === undefined ? "" : `?${new URLSearchParams(options.query).toString()}`;
  const headers: Record<string, string> = {};
  if (options.token !== undefined) headers["authorization"] = `Bearer ${options.token}`;
  const init: RequestInit = { method, headers };
  if (options.raw !== undefined) {
    headers["content-type"] = options.raw.contentType;
    init.body = Buffer.from(options.raw.bytes);
  } else if (options.body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = typeof options.body === "string" ? options.body : JSON.stringify(options.body);
  }
  const response = await fetch(`${baseUrl}${path}${query}`, init);
  const body = (await response.json().catch(() => ({}))) as JsonObject;
  if (response.status === 429) {
    await sleep(typeof body["retry_after_ms"] === "number" ? body["retry_after_ms"] : 1_000);
    return request(baseUrl, method, path, options);
  }
  return { status: response.status, body, headers: response.headers };
}

/** A signed-in device speaking plain HTTP. */
export class ContractClient {
  readonly baseUrl: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly token: string;
  #transaction = 0;

  constructor(baseUrl: string, session: { userId: string; deviceId: string; token: string }) {
    this.baseUrl = baseUrl;
    this.userId = session.userId;
    this.deviceId = session.deviceId;
    this.token = session.token;
  }

  /** Signs in with a password; throws when the server refuses. */
  static async login(
    baseUrl: string,
    user: { userId: string; password: string },
    deviceId?: string,
  ): Promise<ContractClient> {
    const { status, body } = await request(baseUrl, "POST", "/_matrix/client/v3/login", {
      body: {
        type: "m.login.password",
        identifier: { type: "m.id.user", user: user.userId },
        password: user.password,
        ...(deviceId === undefined ? {} : { device_id: deviceId }),
      },
    });
    if (status !== 200) throw new Error(`Login answered ${status}: ${JSON.stringify(body)}`);
    return new ContractClient(baseUrl, {
      userId: body["user_id"] as string,
      deviceId: body["device_id"] as string,
      token: body["access_token"] as string,
    });
  }

  /** A request below /_matrix/client/v3 with the token. */
  async ask(method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    return request(this.baseUrl, method, `/_matrix/client/v3${path}`, { token: this.token, ...options });
  }

  /** The same, expecting 200; answers the body. */
  async must(method: string, path: string, options: RequestOptions = {}): Promise<JsonObject> {
    const reply = await this.ask(method, path, options);
    if (reply.status === 200) return reply.body;
    throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  }

  async createRoom(body: JsonObject = {}): Promise<string> {
    return (await this.must("POST", "/createRoom", { body }))["room_id"] as string;
  }

  async join(roomId: string): Promise<void> {
    await this.must("POST", `/join/${encodeURIComponent(roomId)}`, { body: {} });
  }

  /** Sends a text; answers the event id. */
  async say(roomId: string, body: string, content: JsonObject = {}): Promise<string> {
    this.#transaction += 1;
    const path = `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/say-${this.#transaction}`;
    const reply = await this.must("PUT", path, { body: { msgtype: "m.text", body, ...content } });
    return reply["event_id"] as string;
  }

  /** Sets state with an empty key; answers the event id. */
  async setState(roomId: string, type: string, content: JsonObject, stateKey = ""): Promise<string> {
    const path = `/rooms/${encodeURIComponent(roomId)}/state/${type}/${encodeURIComponent(stateKey)}`;
    return (await this.must("PUT", path, { body: content }))["event_id"] as string;
  }

  async sync(query: { since?: string; filter?: unknown; timeout?: number } = {}): Promise<SyncBody> {
    const text: Record<string, string> = { timeout: String(query.timeout ?? 0), set_presence: "offline" };
    if (query.since !== undefined) text["since"] = query.since;
    if (query.filter !== undefined) text["filter"] = JSON.stringify(query.filter);
    return (await this.must("GET", "/sync", { query: text })) as unknown as SyncBody;
  }

  /** Follows the token chain until an answer satisfies the predicate; answers that one. */
  async syncUntil(since: string, isIt: (body: SyncBody) => boolean, filter?: unknown): Promise<SyncBody> {
    let token = since;
    for (let round = 0; round < 20; round += 1) {
      const body = await this.sync({ since: token, timeout: 2_000, filter });
      if (isIt(body)) return body;
      token = body.next_batch;
    }
    throw new Error("The sync this waits for did not come within 20 answers");
  }

  async messages(roomId: string, query: Record<string, string>): Promise<PageBody> {
    const path = `/rooms/${encodeURIComponent(roomId)}/messages`;
    return (await this.must("GET", path, { query })) as unknown as PageBody;
  }

  /** Pages back to the start of the room; answers all events, newest first. */
  async pageBack(roomId: string, from: string | undefined, limit: number): Promise<ClientEvent[]> {
    const events: ClientEvent[] = [];
    let token = from;
    for (let round = 0; round < 200; round += 1) {
      const start: Record<string, string> = token === undefined ? {} : { from: token };
      const page = await this.messages(roomId, { dir: "b", limit: String(limit), ...start });
      events.push(...page.chunk);
      if (page.end === undefined) return events;
      token = page.end;
    }
    throw new Error("No start of the room within 200 pages");
  }

  async event(roomId: string, eventId: string): Promise<ClientEvent> {
    const path = `/rooms/${encodeURIComponent(roomId)}/event/${encodeURIComponent(eventId)}`;
    return (await this.must("GET", path)) as unknown as ClientEvent;
  }
}

/** The joined room's part of an answer; an empty one when the answer does not mention it. */
export function joined(body: SyncBody, roomId: string): JoinedRoom {
  const empty = { timeline: { events: [], prev_batch: "" }, state: { events: [] } };
  return body.rooms?.join?.[roomId] ?? empty;
}
