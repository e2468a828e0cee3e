/** What the command line said. The same flags for both hosts; each uses what concerns it. */
export interface Flags {
  readonly profileDir?: string;
  readonly homeserver?: string;
  /** Headless host only; 0 is a free one. */
  readonly port?: number;
  /** Electron only. */
  readonly remoteDebuggingPort?: number;
  /** The system has started us at sign-in. */
  readonly isAutostart: boolean;
  /** Names we do not know. Electron's own and Chromium's switches are among them. */
  readonly unknown: readonly string[];
}

const valued = ["--profile-dir", "--homeserver", "--port", "--remote-debugging-port"] as const;
type Valued = (typeof valued)[number];
/** For the launcher, which hands on what it was given. */
const ignored = ["--no-open", "--headless-host"];

/** `--name value` and `--name=value`; returns a sentence when a value is missing or no number. */
export function parseFlags(argv: readonly string[]): Flags | string {
  const given = new Map<Valued, string>();
  const unknown: string[] = [];
  let isAutostart = false;
  for (let i = 0; i < argv.length; i++) {
    const [name, inline] = splitAssignment(argv[i] ?? "");
    if (!isValued(name)) {
      if (name === "--autostart") isAutostart = true;
      else if (!ignored.includes(name)) unknown.push(name);
      continue;
    }
    const value = inline ?? argv[++i];
    if (value === undefined || value === "" || (inline === undefined && value.startsWith("--")))
      return `${name} needs a value.`;
    given.set(name, value);
  }
  return assemble(given, isAutostart, unknown);
}

function assemble(
  given: ReadonlyMap<Valued, string>,
  isAutostart: boolean,
  unknown: readonly string[],
): Flags | string {
  for (const name of ["--port", "--remote-debugging-port"] as const) {
    const value = given.get(name);
    if (value !== undefined && !(/^\d{1,5}$/.test(value) && Number(value) <= 65_535))
      return `${name} needs a number from 0 to 65535, not "${value}".`;
  }
  const profileDir = given.get("--profile-dir");
  const homeserver = given.get("--homeserver");
  const port = given.get("--port");
  const debugging = given.get("--remote-debugging-port");
  return {
    ...(profileDir === undefined ? {} : { profileDir }),
    ...(homeserver === undefined ? {} : { homeserver }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(debugging === undefined ? {} : { remoteDebuggingPort: Number(debugging) }),
    isAutostart,
    unknown,
  };
}

function splitAssignment(argument: string): readonly [name: string, value: string | undefined] {
  const at = argument.indexOf("=");
  return argument.startsWith("--") && at > 0
    ? [argument.slice(0, at), argument.slice(at + 1)]
    : [argument, undefined];
}

function isValued(name: string): name is Valued {
  return (valued as readonly string[]).includes(name);
}
