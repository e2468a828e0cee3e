import { FaultTable, type Faults } from "./faults.ts";
import { exchange } from "./exchange.ts";
import { Listener } from "./listener.ts";
import { ROOM_VERSIONS, DEFAULT_ROOM_VERSION } from "./rooms.ts";
import type { Site } from "./site.ts";
import { ServerState } from "./state.ts";
import { newBrowserLogin } from "./browser-login.ts";
import { defaultStages } from "./uia.ts";
import { UnreadCounter } from "./unread.ts";
import { WireLog, type Wire } from "./wire.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world-api.ts";

export type { RawEvent } from "./events.ts";
export type { FaultAction, FaultHandle, FaultMatch, FaultRule, Faults } from "./faults.ts";
export type { JsonObject } from "./json.ts";
export type { Wire, WireRequest } from "./wire.ts";
export type { BulkEvent, Picture, RoomOptions, SendOptions, TestUser, World } from "./world-api.ts";

/** How to start a homeserver. */
export interface HomeserverOptions {
  /** Default "dunlin.test". */
  serverName?: string;
  /** Default 0: any free port. */
  port?: number;
  /** ms since the epoch; default the machine's clock. Timeouts of polls are always real time. */
  clock?: () => number;
  /** Leave unsigned.transaction_id out, as some servers do. */
  omitTransactionId?: boolean;
  https?: { key: string; cert: string };
}

/** A running homeserver under the test's control. */
export interface Homeserver {
  readonly baseUrl: string;
  readonly serverName: string;
  readonly port: number;
  readonly world: World;
  readonly faults: Faults;
  readonly wire: Wire;
  /** Closes the port and all sockets at once. */
  stop(): Promise<void>;
  /** Takes connections again after stop: same port, same world. */
  restart(): Promise<void>;
  /** The network goes: connections are destroyed and refused. */
  cut(): void;
  /** The network is back on the same port. */
  mend(): void;
}

/** Spec versions announced by default. */
const VERSIONS = ["r0.6.1", ...Array.from({ length: 16 }, (_, index) => `v1.${index + 1}`)];

/** Starts a homeserver on 127.0.0.1 with an empty world. */
export async function startHomeserver(options: HomeserverOptions = {}): Promise<Homeserver> {
  const serverName = options.serverName ?? "dunlin.test";
  const state = new ServerState(serverName, options.clock ?? (() => Date.now()));
  const wire = new WireLog();
  const faults = new FaultTable();
  const site = newSite(state, faults, options, () => baseUrl());
  const listener = new Listener(
    (request, response) => {
      exchange(site, wire, request, response).catch(() => request.socket.destroy());
    },
    options.port ?? 0,
    options.https,
  );
  const baseUrl = (): string => `http${options.https ? "s" : ""}://127.0.0.1:${listener.port}`;
  await listener.open();
  return {
    get baseUrl() {
      return baseUrl();
    },
    get port() {
      return listener.port;
    },
    serverName,
    world: createWorld(site),
    faults,
    wire,
    stop: () => Promise.resolve(listener.close()),
    restart: () => listener.open(),
    cut: () => listener.close(),
    mend: () => void listener.open(),
  };
}

function newSite(
  state: ServerState,
  faults: FaultTable,
  options: HomeserverOptions,
  baseUrl: () => string,
): Site {
  const available = Object.fromEntries(ROOM_VERSIONS.map((version) => [version, "stable"]));
  return {
    state,
    faults,
    unread: new UnreadCounter(),
    omitTransactionId: options.omitTransactionId ?? false,
    versions: [...VERSIONS],
    unstableFeatures: {},
    capabilities: {
      "m.change_password": { enabled: true },
      "m.room_versions": { default: DEFAULT_ROOM_VERSION, available },
      "m.set_displayname": { enabled: true },
      "m.set_avatar_url": { enabled: true },
    },
    media: "both",
    loginFlows: [{ type: "m.login.password" }],
    wellKnown: undefined,
    turnServer: null,
    accessTokenLifetimeMs: 300_000,
    stages: defaultStages(),
    browser: newBrowserLogin(),
    maxUploadBytes: 50 * 1024 * 1024,
    baseUrl,
  };
}
