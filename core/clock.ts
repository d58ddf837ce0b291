/** The clock of runs that are given none. */

export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What a timer can hold. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(ms, LONGEST));
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    }),
};

let lastMs = Number.NaN;
let lastText = '';

/** ISO 8601, UTC. Runs save several times in a millisecond, and to write a time costs as much as the rest of a save. */
export function isoTime(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}

const soon: (run: () => void) => unknown =
  typeof setImmediate === 'function' ? setImmediate : (run) => setTimeout(run, 0);
let turn: Promise<void> | undefined;

/** When all has happened that needs nothing from outside: the next turn of the event loop, the same for all who wait. */
export function nextTurn(): Promise<void> {
  return (turn ??= new Promise((resolve) => {
    soon(() => {
      turn = undefined;
      resolve();
    });
  }));
}
