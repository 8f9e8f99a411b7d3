// What launch has to say about a service or itself, a line at a time.

/** How a line is meant, which a terminal also shows in a colour. */
export type Tone = "good" | "bad" | "warn" | "plain";

/** One line about one service. */
export interface Remark {
  readonly tone: Tone;
  readonly text: string;
}
