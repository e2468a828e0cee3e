import { run } from "../../main/launch/child.mjs";
import { synapseImage, type Engine } from "./engine.ts";

/** A certificate for localhost that is its own authority, and its key. Both PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Made by the openssl beside Synapse: Node can sign, but not make a certificate. */
export async function makeCertificate(engine: Engine): Promise<Certificate> {
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  args.push(
    "-keyout",
    "-",
    "-days",
    "2",
    "-subj",
    "/CN=localhost",
    "-addext",
    "subjectAltName=DNS:localhost",
  );
  const [command, ...before] = opensslOf(engine);
  const { code, stdout, output } = await run(command, [...before, ...args], { timeout: 60_000 });
  const [key, certificate] = ["PRIVATE KEY", "CERTIFICATE"].map(
    (kind) => new RegExp(`-----BEGIN ${kind}-----[^]+?-----END ${kind}-----\n`).exec(stdout)?.[0],
  );
  if (code !== 0 || key === undefined || certificate === undefined)
    throw new Error(`no certificate could be made: ${output}`);
  return { certificate, key };
}

function opensslOf(engine: Engine): [string, ...string[]] {
  switch (engine.kind) {
    case "chroot":
      return ["/usr/sbin/chroot", engine.dir, "openssl"];
    case "docker":
      return ["docker", "run", "--rm", "--entrypoint", "openssl", synapseImage];
    case "url":
      throw new Error("the Synapse of SYNAPSE_URL federates with whom it will, not with one of ours");
    case "none":
      throw new Error(engine.why);
  }
}
