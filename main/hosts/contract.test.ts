import { EventEmitter } from "node:events";
import { pagePorts, type PagePortOptions } from "./electron/ipc-port.ts";
import { RESOURCES } from "./electron/origin.ts";
import { listen } from "./headless/listen.ts";
import { systemRandom } from "../lib/random.ts";
import { serve } from "./serve.ts";
import { contractSuite, type OpenHost } from "./testing/contract-suite.ts";
import { openSocket, portOf, signInWith } from "./testing/headless-client.ts";
import { openMemoryHost } from "./testing/memory-host.ts";
import { StandInContents } from "./testing/stand-in-window.ts";

const openWebSocketHost: OpenHost = async (core, { clock, log }) => {
  const server = await listen({ core, clock, log, random: systemRandom, port: 0, rendererDir: "/nowhere" });
  const port = portOf(server.address);
  const cookie = await signInWith(server.address);
  const options = { host: "headless" as const, resources: "" };
  return {
    options,
    openPage: async () => {
      const page = await openSocket(port, { origin: `http://127.0.0.1:${port}`, cookie });
      // The base of media holds a token that only the greeting tells.
      page.socket.on("message", (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as { t: string; resources?: string };
        if (frame.t === "hello") options.resources = frame.resources ?? "";
      });
      return page;
    },
    close: () => server.close(),
  };
};

const openElectronHost: OpenHost = (core, { clock, log }) => {
  const ipcMain = new EventEmitter();
  const contents = new StandInContents();
  const options = { host: "electron", resources: RESOURCES } as const;
  const stop = pagePorts({
    ipcMain,
    contents: contents as unknown as PagePortOptions["contents"],
    onForeign: () => log("warn", "foreign-frame"),
    onPort: (port) => serve(port, core, { ...options, clock, log }),
  });
  return Promise.resolve({
    options,
    openPage: () => {
      const { mainFrame, received } = contents;
      return Promise.resolve({
        frames: received,
        post: (frame: unknown) =>
          void ipcMain.emit("port", { sender: contents, senderFrame: mainFrame }, structuredClone(frame)),
        leave: () => {
          contents.navigate();
          return Promise.resolve();
        },
      });
    },
    close: () => {
      stop();
      return Promise.resolve();
    },
  });
};

contractSuite("memory", openMemoryHost);
contractSuite("a WebSocket", openWebSocketHost);
contractSuite("Electron's IPC", openElectronHost);
