import type { FaultyProxy } from "../synapse/faulty-proxy.ts";
import type { Files } from "./files.ts";
import type { OurClient } from "./ours.ts";

/**
 * It sends a file and dies when the server has the bytes and it does not know that yet; nothing else fails meanwhile.
 * Answers the draft it came back with.
 */
export async function killedWhileUploading(
  client: OurClient,
  proxy: FaultyProxy,
  files: Files,
  n: number,
): Promise<string | null> {
  const upload = proxy.holdAnswers(/\/media\/v3\/upload/);
  try {
    const file = files.make("picture", `${client.name}-dying`, n);
    const attachment = await client.stage(file, n, {
      caption: "",
      voice: null,
    });
    const order = {
      roomId: client.rooms.main,
      transactionId: client.newId(n),
      attachment,
    };
    await client.port.call("sendAttachment", order);
    await client.port.call("networkIsBack", {});
    await upload.given;
    return await client.dieAndRise();
  } finally {
    upload.release();
  }
}
