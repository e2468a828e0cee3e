import { request } from "../synapse/request.ts";
import type { SynapseUser } from "../synapse/register.ts";

/** One receipt as the server tells of it. */
export interface ToldReceipt {
  readonly userId: string;
  readonly type: string;
  /** `main` or the root of a thread; null for the whole room. */
  readonly threadId: string | null;
  readonly eventId: string;
}

interface Sync {
  readonly rooms?: {
    readonly join?: Readonly<
      Record<string, { readonly ephemeral?: { readonly events: readonly Ephemeral[] } }>
    >;
  };
}
interface Ephemeral {
  readonly type: string;
  /** By event, type and person. */
  readonly content: Readonly<Record<string, ByType>>;
}
type ByType = Readonly<Record<string, Readonly<Record<string, { readonly thread_id?: string }>>>>;

let asked = 0;

/** Every receipt of a room the server tells this person of, who comes as if for the first time. */
export async function receiptsToldTo(
  baseUrl: string,
  { accessToken: token }: SynapseUser,
  roomId: string,
): Promise<readonly ToldReceipt[]> {
  // Synapse answers the same question from its cache for two minutes: each is another one.
  asked += 1;
  const nothing = { types: [] };
  const filter = {
    presence: nothing,
    account_data: nothing,
    room: {
      rooms: [roomId],
      ephemeral: { types: ["m.receipt"] },
      account_data: nothing,
      state: nothing,
      timeline: { limit: 1, not_types: [`asked.${asked}`] },
    },
  };
  const path = `/_matrix/client/v3/sync?${new URLSearchParams({ timeout: "0", filter: JSON.stringify(filter) })}`;
  const { rooms } = await request<Sync>(baseUrl, { method: "GET", path, token });
  const contents = (rooms?.join?.[roomId]?.ephemeral?.events ?? []).map(({ content }) => content);
  return contents
    .flatMap((content) => Object.entries(content))
    .flatMap(([eventId, byType]) =>
      Object.entries(byType).flatMap(([type, byPerson]) =>
        Object.entries(byPerson).map(([userId, { thread_id }]) => ({
          ...{ userId, type, eventId },
          threadId: thread_id ?? null,
        })),
      ),
    );
}
