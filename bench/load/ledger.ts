/** The world outside of the load test: a file to which every process appends what it does. */
import { readFileSync } from 'node:fs';

export interface Effect {
  readonly thread: string;
  readonly question: string;
  readonly answer: string;
  /** What a payment provider would be told, and by which it would know a second try. */
  readonly key: string;
}

/** Effects by `thread question`. */
export function readLedger(file: string): Map<string, Effect[]> {
  const effects = new Map<string, Effect[]>();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const effect = JSON.parse(line) as Effect;
    const name = `${effect.thread} ${effect.question}`;
    effects.set(name, [...(effects.get(name) ?? []), effect]);
  }
  return effects;
}
