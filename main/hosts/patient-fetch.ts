/**
 * `fetch` without a time limit of its own. Node's built-in one gives up when no headers came for 300 s, and the first
 * sync of a large account takes a server longer than that; our requests bring their own limits (homeserver/http.ts).
 * Loaded with the first request: nothing on the way to the first painted list needs it.
 */
export const patientFetch: typeof globalThis.fetch = async (input, init) => {
  const { fetch, dispatcher } = await (network ??= loadNetwork());
  // The same interface, declared twice: once by undici, once by Node's types.
  const answer = await fetch(
    input as Parameters<typeof fetch>[0],
    { ...init, dispatcher } as Parameters<typeof fetch>[1],
  );
  return answer;
};

let network: ReturnType<typeof loadNetwork> | undefined;

async function loadNetwork() {
  const { Agent, fetch } = await import("undici");
  return { fetch, dispatcher: new Agent({ headersTimeout: 0, bodyTimeout: 0 }) };
}
