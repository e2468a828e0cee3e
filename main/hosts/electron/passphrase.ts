import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { z } from "zod";
import type { Seal } from "../file-secrets.ts";

// A key of 256 bits, wrapped by a passphrase: scrypt makes the wrapping key, AES-256-GCM wraps and notices a wrong one.

/** scrypt (RFC 7914): 64 MiB and some tenths of a second per guess. */
const cost = { N: 2 ** 16, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);
/** As it lies in a file. The costs are written down so that they may grow; bounded, as a file may be anybody's. */
export const wrappedKey = z.object({
  salt: base64,
  N: z
    .number()
    .int()
    .min(2 ** 14)
    .max(2 ** 20),
  r: z.number().int().min(1).max(32),
  p: z.number().int().min(1).max(4),
  box: base64,
});
export type WrappedKey = z.infer<typeof wrappedKey>;

export const newKey = (): Buffer => randomBytes(KEY_BYTES);

export async function wrapKey(key: Buffer, passphrase: string): Promise<WrappedKey> {
  const salt = randomBytes(16);
  const box = encrypt(await stretch(passphrase, salt, cost), key);
  return { salt: salt.toString("base64"), ...cost, box: box.toString("base64") };
}

/** Null when the passphrase is wrong (or the file was changed, which cannot be told apart). */
export async function unwrapKey(wrapped: WrappedKey, passphrase: string): Promise<Buffer | null> {
  const stretched = await stretch(passphrase, Buffer.from(wrapped.salt, "base64"), wrapped);
  try {
    return decrypt(stretched, Buffer.from(wrapped.box, "base64"));
  } catch {
    return null;
  }
}

/** Seals texts with the key itself. */
export const keySeal = (key: Buffer): Seal => ({
  seal: (text) => Promise.resolve(encrypt(key, Buffer.from(text, "utf8"))),
  open: (sealed) =>
    Promise.resolve().then(() => ({ text: decrypt(key, sealed).toString("utf8"), isStale: false })),
});

/** The same letters typed on another keyboard are the same passphrase. */
function stretch(
  passphrase: string,
  salt: Buffer,
  { N, r, p }: Pick<WrappedKey, "N" | "r" | "p">,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 256 * N * r };
    scrypt(passphrase.normalize("NFKC"), salt, KEY_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

/** Nonce, tag, text. */
function encrypt(key: Buffer, text: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, box: Buffer): Buffer {
  const nonce = box.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(box.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}
