// What the server itself says a room contains: the truth that the app is measured against.
import { request } from "./request.ts";

export interface ServerMessage {
  readonly eventId: string;
  readonly sender: string;
  readonly body: string;
}

/** Every message of a room in the server's order, oldest first. */
export async function serverMessages(
  baseUrl: string,
  token: string,
  roomId: string,
): Promise<ServerMessage[]> {
  const found: ServerMessage[] = [];
  let from: string | undefined;
  do {
    const query = new URLSearchParams({ dir: "b", limit: "500", ...(from === undefined ? {} : { from }) });
    const page = await request<Page>(baseUrl, {
      method: "GET",
      path: `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?${query}`,
      token,
    });
    for (const event of page.chunk) {
      if (event.type !== "m.room.message") continue;
      found.push({ eventId: event.event_id, sender: event.sender, body: event.content.body ?? "" });
    }
    from = page.end;
  } while (from !== undefined);
  return found.reverse();
}

interface Page {
  chunk: { type: string; event_id: string; sender: string; content: { body?: string } }[];
  end?: string;
}
