/** A poll with what is known of its votes (MSC3381; `m.poll.start`). */
export interface PollView {
  readonly question: string;
  readonly answers: readonly PollAnswer[];
  /** How many answers one may choose, 1…20. */
  readonly maxSelections: number;
  /** Disclosed polls show their counts while they run, undisclosed ones once they have ended. */
  readonly isDisclosed: boolean;
  readonly isEnded: boolean;
  /** People whose vote counts. */
  readonly voters: number;
  /** Our own choice, also while it is on its way. */
  readonly chosen: readonly string[];
  /** We may end it: it is ours, or we may redact what others say. */
  readonly canEnd: boolean;
}

export interface PollAnswer {
  readonly id: string;
  readonly text: string;
  /** 0 while the poll is undisclosed and runs. */
  readonly votes: number;
}

/** A poll as one writes it. */
export interface NewPoll {
  /** 1…340 characters. */
  readonly question: string;
  /** 2…20, each 1…340 characters. */
  readonly answers: readonly string[];
  readonly maxSelections: number;
  readonly isDisclosed: boolean;
}
