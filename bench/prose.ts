/** 20 KB of plain English, written for this bench and committed with it: text as people write it, neither noise nor repetition. */
import { readFileSync } from 'node:fs';

export const PROSE = readFileSync(new URL('./fixtures/prose.txt', import.meta.url), 'utf8').slice(0, 20_000);

/** So many characters of the prose's words in an order of their own, the same in every run: text that repeats no other. */
export function shuffledProse(seed: number, length: number): string {
  const words = PROSE.split(/\s+/);
  let state = 7919 * (seed + 1);
  let text = '';
  while (text.length < length) {
    state = (state * 48_271) % 2_147_483_647;
    text += `${words[state % words.length]} `;
  }
  return text.slice(0, length);
}
