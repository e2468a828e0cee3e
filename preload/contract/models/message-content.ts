/** What the composer may ask to send (m.room.message). Anything else is refused at the border. */
export interface MessageContent {
  readonly msgtype: "m.text" | "m.emote" | "m.notice";
  /** Non-empty, at most 60,000 bytes of UTF-8 (SIZE-01, SIZE-08: room for what the server adds). */
  readonly body: string;
  readonly format?: "org.matrix.custom.html";
  readonly formatted_body?: string;
}
