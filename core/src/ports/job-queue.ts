export interface Message {
  readonly jobId: string;
  /** W3C traceparent of the request that submitted the job. */
  readonly traceparent?: string;
  /** Names this delivery in `extend` and `remove`. */
  readonly receipt: string;
  /** How often the message was delivered, this time included. */
  readonly receiveCount: number;
}

/** A queue of job ids with at-least-once delivery. Durations are in milliseconds. */
export interface JobQueue {
  send(jobId: string, traceparent?: string): Promise<void>;
  /** Waits up to `waitMs` for at least one message, and takes at most `max` (1 to 10). Aborting ends the wait with []. */
  receive(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Message[]>;
  /** Hides the message for `visibilityMs` from now on; 0 gives it back at once. */
  extend(receipt: string, visibilityMs: number): Promise<void>;
  remove(receipt: string): Promise<void>;
  /** Approximate number of messages, waiting and in flight. */
  depth(): Promise<{ readonly waiting: number; readonly inFlight: number }>;
}
