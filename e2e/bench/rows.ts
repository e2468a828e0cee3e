// What the bench measures. A target is that of the issue "Main job", number 5: half of the best of four other clients.

export type Unit = "ms" | "s" | "/s" | "" | "MiB" | "%";

export interface Row {
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  /** Met when the median is at most (or at least) this. Absent: only reported. */
  readonly target?: { readonly most: number } | { readonly least: number };
  /** The number of rooms the target was set for; absent: all. */
  readonly targetAt?: number;
}

/** The parts of a run, in the order in which they happen. `--only` takes these names. */
export const parts = [
  "ingest",
  "login",
  "typing",
  "sending",
  "switching",
  "filter",
  "history",
  "start",
  "offline-start",
  "reactions",
  "pictures",
  "gallery",
  "members",
  "search",
  "other-client",
  "call",
] as const;
export type Part = (typeof parts)[number];

const atMost = (most: number): Pick<Row, "target"> => ({ target: { most } });
const atLeast = (least: number): Pick<Row, "target"> => ({ target: { least } });

const measured: Readonly<Record<Part, readonly Row[]>> = {
  ingest: [
    { id: "ingest.rate", label: "Events of a first sync into SQLite", unit: "/s", ...atLeast(20_000) },
    { id: "ingest.events", label: "  events in it (timeline and state)", unit: "" },
    { id: "ingest.delay.p99", label: "  event-loop delay meanwhile, p99", unit: "ms", ...atMost(20) },
    { id: "ingest.delay.max", label: "  event-loop delay with reading the answer, longest", unit: "ms" },
  ],
  login: [
    { id: "login.first", label: "Cold login: first rows painted", unit: "s" },
    { id: "login.whole", label: "Cold login: whole list painted", unit: "s" },
    { id: "login.own", label: "Cold login: own share of that", unit: "s", ...atMost(0.5), targetAt: 500 },
    { id: "login.delay.p99", label: "  event-loop delay while syncing, p99", unit: "ms", ...atMost(20) },
  ],
  typing: [
    { id: "typing.p50", label: "Key → painted in the composer, p50", unit: "ms" },
    { id: "typing.p95", label: "Key → painted in the composer, p95", unit: "ms" },
  ],
  sending: [
    { id: "sending.painted", label: "Enter → own message painted", unit: "ms", ...atMost(17) },
    { id: "sending.next", label: "  until the frame after that begins", unit: "ms" },
    { id: "sending.dom", label: "  until it is in the page", unit: "ms" },
    { id: "sending.disk", label: "  until it is on disk", unit: "ms" },
    { id: "sending.kept", label: "  on disk when painted", unit: "%", ...atLeast(100) },
  ],
  switching: [
    { id: "switching.first.p50", label: "Room switch, first visit, p50", unit: "ms" },
    { id: "switching.first.p95", label: "Room switch, first visit, p95", unit: "ms", ...atMost(33) },
    { id: "switching.second.p50", label: "Room switch, second visit, p50", unit: "ms" },
    { id: "switching.second.p95", label: "Room switch, second visit, p95", unit: "ms", ...atMost(33) },
  ],
  filter: [
    { id: "filter.p50", label: "Filter key → painted, p50", unit: "ms" },
    { id: "filter.p95", label: "Filter key → painted, p95", unit: "ms", ...atMost(50) },
  ],
  history: [
    { id: "history.rate", label: "Back through the history, messages", unit: "/s", ...atLeast(180) },
    { id: "history.messages", label: "  messages in it", unit: "" },
    { id: "history.long", label: "  frames over 50 ms", unit: "", ...atMost(0) },
    { id: "history.worst", label: "  longest frame", unit: "ms" },
    { id: "history.elements", label: "  most elements in the page", unit: "" },
  ],
  start: [
    { id: "start.list", label: "Warm start → room list painted", unit: "s", ...atMost(0.3) },
    { id: "start.last", label: "Warm start → last message painted", unit: "s" },
    { id: "start.page", label: "  of that, opening the page until the list", unit: "s" },
  ],
  "offline-start": [
    { id: "offline-start.list", label: "Start without the server → room list", unit: "s", ...atMost(0.3) },
    { id: "offline-start.last", label: "Start without the server → last message", unit: "s" },
  ],
  reactions: [
    { id: "reactions.count", label: "Message with reactions", unit: "" },
    { id: "reactions.opened", label: "  room opened first → they are painted", unit: "ms" },
    { id: "reactions.again", label: "  room opened again → they are painted", unit: "ms", ...atMost(50) },
    { id: "reactions.added.p50", label: "  click → one more is painted, p50", unit: "ms" },
    { id: "reactions.added.p95", label: "  click → one more is painted, p95", unit: "ms", ...atMost(50) },
  ],
  pictures: [
    { id: "pictures.rate", label: "Back through messages with pictures, messages", unit: "/s" },
    { id: "pictures.messages", label: "  messages in it, every fourth a picture", unit: "" },
    { id: "pictures.p99", label: "  time of a frame, p99", unit: "ms", ...atMost(50) },
    { id: "pictures.worst", label: "  longest frame", unit: "ms" },
    { id: "pictures.elements", label: "  most elements in the page", unit: "" },
  ],
  gallery: [
    { id: "gallery.pictures", label: "Room of pictures", unit: "" },
    { id: "gallery.opened", label: "  click → the first is painted", unit: "ms" },
    { id: "gallery.p99", label: "  scrolling: time of a frame, p99", unit: "ms", ...atMost(50) },
    { id: "gallery.worst", label: "  longest frame", unit: "ms" },
    { id: "gallery.elements", label: "  most elements in the page", unit: "" },
    { id: "gallery.viewer", label: "  click → painted in the viewer", unit: "ms" },
    { id: "gallery.grid", label: "  click → the first is painted in the media grid", unit: "ms" },
    {
      id: "gallery.grid.p99",
      label: "  scrolling the grid: time of a frame, p99",
      unit: "ms",
      ...atMost(50),
    },
    { id: "gallery.grid.elements", label: "  most elements in the page", unit: "" },
  ],
  members: [
    { id: "members.count", label: "Members list, people", unit: "" },
    { id: "members.first", label: "  click → the first are painted", unit: "ms" },
    { id: "members.whole", label: "  click → all are known and listed", unit: "s" },
    { id: "members.filter.p50", label: "  filter key → painted, p50", unit: "ms" },
    { id: "members.filter.p95", label: "  filter key → painted, p95", unit: "ms", ...atMost(50) },
    { id: "members.frame.p99", label: "  scrolling: time of a frame, p99", unit: "ms", ...atMost(50) },
    { id: "members.elements", label: "  most elements in the page", unit: "" },
  ],
  search: [
    { id: "search.messages", label: "Search, messages", unit: "" },
    { id: "search.made", label: "  stored and indexed from sync", unit: "/s" },
    { id: "search.core.p50", label: "  asked → first results at the core, p50", unit: "ms" },
    { id: "search.core.p95", label: "  asked → first results at the core, p95", unit: "ms", ...atMost(50) },
    { id: "search.core.max", label: "  asked → first results at the core, longest", unit: "ms" },
    { id: "search.vain", label: "  asked → certain that there is nothing, longest", unit: "ms" },
    { id: "search.painted.p50", label: "  key → first results painted, p50", unit: "ms" },
    { id: "search.painted.p95", label: "  key → first results painted, p95", unit: "ms", ...atMost(50) },
  ],
  "other-client": [
    { id: "other-client.painted", label: "Enter → the other client's pixel", unit: "ms", ...atMost(50) },
    { id: "other-client.next", label: "  until the frame after that begins", unit: "ms" },
    { id: "other-client.server", label: "  of that, at the server between the two", unit: "ms" },
    { id: "other-client.own", label: "  own message painted meanwhile", unit: "ms", ...atMost(17) },
  ],
  call: [
    { id: "call.p50", label: "Answer click → first remote picture, p50", unit: "ms" },
    { id: "call.p95", label: "Answer click → first remote picture, p95", unit: "ms", ...atMost(1500) },
    { id: "call.sdk.p50", label: "  the same between two of matrix-js-sdk, p50", unit: "ms" },
    { id: "call.sdk.p95", label: "  the same between two of matrix-js-sdk, p95", unit: "ms" },
    { id: "call.ratio.p50", label: "  ours as a share of that, p50", unit: "" },
    { id: "call.ratio.p95", label: "  ours as a share of that, p95", unit: "" },
  ],
};

const costs: readonly Omit<Row, "id">[] = [
  { label: "  processor time of app and browser", unit: "s" },
  { label: "  page heap", unit: "MiB" },
  { label: "  memory of app and browser (PSS)", unit: "MiB" },
];
const costIds = ["cpu", "heap", "pss"];

/** All rows of a part, its costs last. */
export function rowsOf(part: Part): readonly Row[] {
  return [
    ...measured[part],
    ...costs.map((row, index) => ({ ...row, id: `${part}.${costIds[index] ?? ""}` })),
  ];
}

/** Whether a median meets the row's target; null where there is none. */
export function isMet(row: Row, median: number, rooms: number): boolean | null {
  if (row.target === undefined || (row.targetAt !== undefined && row.targetAt !== rooms)) return null;
  return "most" in row.target ? median <= row.target.most : median >= row.target.least;
}
