import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/**
 * Opaque stream tokens. A token is one encrypted block holding a stream position, so it says
 * nothing to a client, differs each time even for the same place, and needs no table. A token T
 * stands *between* events: positions <= T lie before it, positions > T after it.
 */
export interface StreamTokens {
  encode(position: number): string;
  /** The position, or undefined for anything this server did not hand out. */
  decode(token: string): number | undefined;
}

const MAGIC = 0x6475_6e6c;

/** Tokens of one homeserver; they survive `restart` because the key lives with the world. */
export function createStreamTokens(): StreamTokens {
  const key = randomBytes(16);
  let nonce = 0;
  return {
    encode(position) {
      const block = Buffer.alloc(16);
      block.writeUInt32BE(MAGIC, 0);
      block.writeUIntBE(position, 4, 6);
      nonce = (nonce + 1) >>> 0;
      block.writeUInt32BE(nonce, 10);
      const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
      return `t${cipher.update(block).toString("base64url")}`;
    },
    decode(token) {
      const block = Buffer.from(token.slice(1), "base64url");
      if (token[0] !== "t" || block.length !== 16) return undefined;
      const plain = createDecipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(block);
      return plain.readUInt32BE(0) === MAGIC ? plain.readUIntBE(4, 6) : undefined;
    },
  };
}
