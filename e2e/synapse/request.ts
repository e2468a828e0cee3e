import { Agent, request as httpRequest } from "node:http";

// One keep-alive pool for all seeding: a connection per request would cost more than Synapse's answer.
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

export interface ApiRequest {
  method: "GET" | "POST" | "PUT";
  path: string;
  token?: string;
  body?: unknown;
}

/** Asks a homeserver and expects success: a test's own seeding has no business failing. `baseUrl` is plain http. */
export async function request<T = unknown>(
  baseUrl: string,
  { method, path, token, body }: ApiRequest,
): Promise<T> {
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const { status, text } = await exchange(`${baseUrl}${path}`, method, payload, token);
  if (status < 200 || status >= 300)
    throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

function exchange(
  url: string,
  method: string,
  payload: Buffer | undefined,
  token: string | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(payload === undefined
        ? {}
        : { "content-type": "application/json", "content-length": payload.length }),
    };
    const outgoing = httpRequest(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(payload);
  });
}
