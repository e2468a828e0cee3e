/**
 * The flags of `npm start` and `npm run demo`, the same for both hosts.
 * @typedef {object} Flags
 * @property {string} [profileDir] all data of this run lives there
 * @property {string} [homeserver] fills the sign-in form
 * @property {boolean} headlessHost no Electron, even if there is one
 * @property {boolean} open false: open no window, print the address and stay
 * @property {number} [port] of the headless host; 0 = a free one
 * @property {number} [remoteDebuggingPort] of Electron or the opened browser
 * @property {boolean} check the demo drives itself (demo only)
 */

const switches = ["--headless-host", "--no-open", "--check"];
const valued = ["--profile-dir", "--homeserver", "--port", "--remote-debugging-port"];

/**
 * @param {readonly string[]} argv
 * @param {"start" | "demo"} command only the demo knows `--check`
 * @returns {{ flags: Flags } | { error: string }}
 */
export function parseFlags(argv, command) {
  /** @type {Record<string, string | true>} */
  const given = {};
  for (let i = 0; i < argv.length; i++) {
    const [name = "", inline] = splitAssignment(argv[i] ?? "");
    const error = refuse(name, inline, command);
    if (error) return { error };
    if (!valued.includes(name)) {
      given[name] = true;
      continue;
    }
    const value = inline ?? argv[++i];
    if (value === undefined || value === "" || (inline === undefined && value.startsWith("--")))
      return { error: `${name} needs a value` };
    given[name] = value;
  }
  if (command === "demo" && given["--homeserver"]) return { error: "the demo brings its own homeserver" };
  return assemble(given);
}

function splitAssignment(/** @type {string} */ argument) {
  const at = argument.indexOf("=");
  return argument.startsWith("--") && at > 0
    ? [argument.slice(0, at), argument.slice(at + 1)]
    : [argument, undefined];
}

/**
 * @param {string} name
 * @param {string | undefined} inline
 * @param {string} command
 */
function refuse(name, inline, command) {
  const known = [...valued, ...switches].filter((flag) => command === "demo" || flag !== "--check");
  if (!known.includes(name)) return `unknown flag ${name}; the flags are ${known.join(" ")}`;
  if (inline !== undefined && switches.includes(name)) return `${name} takes no value`;
  return undefined;
}

/**
 * @param {Record<string, string | true>} given
 * @returns {{ flags: Flags } | { error: string }}
 */
function assemble(given) {
  const text = (/** @type {string} */ name) => (typeof given[name] === "string" ? given[name] : undefined);
  const homeserver = text("--homeserver");
  if (homeserver !== undefined && !isHomeserver(homeserver))
    return { error: `--homeserver needs an http(s) address or a server name, not "${homeserver}"` };
  for (const name of ["--port", "--remote-debugging-port"]) {
    const value = text(name);
    if (value !== undefined && !(/^\d{1,5}$/.test(value) && Number(value) <= 65_535))
      return { error: `${name} needs a number from 0 to 65535, not "${value}"` };
  }
  const profileDir = text("--profile-dir");
  const port = text("--port");
  const debugging = text("--remote-debugging-port");
  return {
    flags: {
      headlessHost: given["--headless-host"] === true,
      open: given["--no-open"] !== true,
      check: given["--check"] === true,
      ...(profileDir === undefined ? {} : { profileDir }),
      ...(homeserver === undefined ? {} : { homeserver }),
      ...(port === undefined ? {} : { port: Number(port) }),
      ...(debugging === undefined ? {} : { remoteDebuggingPort: Number(debugging) }),
    },
  };
}

function isHomeserver(/** @type {string} */ value) {
  if (/^[a-z0-9.-]+(:\d{1,5})?$/i.test(value)) return true;
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
