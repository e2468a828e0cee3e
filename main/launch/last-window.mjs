// On macOS a browser lives on after its last window is closed. Its debugging pipe tells when that happens.

/** What `whenLastWindowCloses` needs: file descriptors 3 (commands) and 4 (events) of the browser, as pipes. */
export const pipeFlag = "--remote-debugging-pipe";

/**
 * Follows which pages a browser has open, from the messages of its debugging pipe.
 * @param {() => void} onLastClosed called once, when the last page that was ever seen is gone
 * @returns {(message: string) => void} takes one message
 */
export function followPages(onLastClosed) {
  /** @type {Set<string>} */
  const pages = new Set();
  return (message) => {
    const { method, params } = JSON.parse(message);
    if (method === "Target.targetCreated" && params.targetInfo.type === "page") {
      pages.add(params.targetInfo.targetId);
    } else if (method === "Target.targetDestroyed" && pages.delete(params.targetId) && pages.size === 0) {
      onLastClosed();
    }
  };
}

/**
 * @param {import("node:child_process").ChildProcess} browser started with `pipeFlag` and five streams
 * @param {() => void} onLastClosed
 */
export function whenLastWindowCloses(browser, onLastClosed) {
  const commands = /** @type {import("node:stream").Writable} */ (browser.stdio[3]);
  const events = /** @type {import("node:stream").Readable} */ (browser.stdio[4]);
  const take = followPages(onLastClosed);
  let rest = "";
  events.setEncoding("utf8").on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages) take(message);
  });
  // A browser that ends closes both pipes; its exit is handled where it was started.
  for (const stream of [commands, events]) stream.on("error", () => undefined);
  const order = { id: 1, method: "Target.setDiscoverTargets", params: { discover: true } };
  commands.write(`${JSON.stringify(order)}\0`);
}
