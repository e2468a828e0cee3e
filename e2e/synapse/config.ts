import { randomBytes } from "node:crypto";

/** What a run of Synapse is told about its place. Paths are those Synapse itself sees. */
export interface Place {
  serverName: string;
  port: number;
  dir: string;
  /** 127.0.0.1, but every address inside a container that is published on 127.0.0.1. */
  bind: string;
  /** The address a client uses. */
  baseUrl: string;
}

/** Far above what any test does in a second; limits have tests of their own on e2e/homeserver. */
const noLimit = { per_second: 1_000_000, burst_count: 1_000_000 };

/**
 * A whole homeserver.yaml (JSON is YAML): open registration, no limits, cheap passwords, nothing that talks to the
 * world.
 */
export function synapseConfig(place: Place): Record<string, unknown> & { listeners: readonly unknown[] } {
  const { serverName, port, dir, bind, baseUrl } = place;
  return {
    server_name: serverName,
    public_baseurl: `${baseUrl}/`,
    pid_file: `${dir}/synapse.pid`,
    listeners: [
      {
        port,
        bind_addresses: [bind],
        type: "http",
        tls: false,
        resources: [{ names: ["client"], compress: false }],
      },
    ],
    database: { name: "sqlite3", args: { database: `${dir}/homeserver.db` } },
    log_config: `${dir}/log.yaml`,
    media_store_path: `${dir}/media`,
    signing_key_path: `${dir}/signing.key`,
    enable_authenticated_media: true,
    url_preview_enabled: false,
    report_stats: false,
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    enable_registration: true,
    enable_registration_without_verification: true,
    registration_shared_secret: randomBytes(16).toString("hex"),
    macaroon_secret_key: randomBytes(16).toString("hex"),
    form_secret: randomBytes(16).toString("hex"),
    bcrypt_rounds: 4,
    presence: { enabled: true },
    // Since 1.126 nobody may publish a room unless told so.
    room_list_publication_rules: [{ action: "allow" }],
    user_directory: { enabled: true, search_all_users: true },
    ...unlimited(),
  };
}

/** What speaking with other servers needs, laid over `synapseConfig`; the files as Synapse sees them. */
export function federationConfig(
  { listeners }: Pick<ReturnType<typeof synapseConfig>, "listeners">,
  { port, certificate, key }: { readonly port: number; readonly certificate: string; readonly key: string },
): Record<string, unknown> {
  const resources = [{ names: ["federation"], compress: false }];
  return {
    listeners: [...listeners, { port, bind_addresses: ["127.0.0.1"], type: "http", tls: true, resources }],
    tls_certificate_path: certificate,
    tls_private_key_path: key,
    federation_custom_ca_list: [certificate],
    // Synapse shuns loopback by itself.
    ip_range_blacklist: [],
    allow_public_rooms_over_federation: true,
    // A server that was away is asked again within a second, not after ten minutes.
    federation: {
      client_timeout: "10s",
      max_short_retries: 1,
      max_short_retry_delay: 500,
      max_long_retries: 1,
      max_long_retry_delay: 500,
      destination_min_retry_interval: 500,
      destination_retry_multiplier: 1,
      destination_max_retry_interval: "1s",
    },
    rc_federation: {
      window_size: 1000,
      sleep_limit: 1_000_000,
      sleep_delay: 0,
      reject_limit: 1_000_000,
      concurrent: 100,
    },
  };
}

/** Every rate limit Synapse has. */
function unlimited(): Record<string, unknown> {
  const single = [
    "rc_message",
    "rc_registration",
    "rc_registration_token_validity",
    "rc_admin_redaction",
    "rc_joins_per_room",
    "rc_3pid_validation",
    "rc_media_create",
    "rc_key_requests",
    "rc_delayed_event_mgmt",
    "rc_room_creation",
    "rc_reports",
    "rc_user_directory",
  ];
  return {
    ...Object.fromEntries(single.map((name) => [name, noLimit])),
    rc_login: { address: noLimit, account: noLimit, failed_attempts: noLimit },
    rc_joins: { local: noLimit, remote: noLimit },
    rc_invites: { per_room: noLimit, per_user: noLimit, per_issuer: noLimit },
    rc_presence: { per_user: noLimit },
  };
}

/** Warnings and errors go to one file, shown when Synapse does not start. */
export function logConfig(dir: string): Record<string, unknown> {
  return {
    version: 1,
    formatters: { line: { format: "%(asctime)s %(levelname)s %(name)s: %(message)s" } },
    handlers: {
      file: { class: "logging.FileHandler", formatter: "line", filename: `${dir}/synapse.log` },
    },
    root: { level: "WARNING", handlers: ["file"] },
    disable_existing_loggers: false,
  };
}
