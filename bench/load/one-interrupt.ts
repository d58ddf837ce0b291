/** 100 clients answer one question at once, each kind of binding in turn. */
import type { Answer, Cluster } from './cluster.ts';
import { readLedger } from './ledger.ts';

const RESUMES = 100;
const ROUNDS = 3;

export type Row = readonly [what: string, seen: string, verdict: string];

interface Asked {
  readonly checkpoint_id: string;
  readonly interrupts: readonly [{ readonly id: string }];
}

interface Binding {
  readonly name: string;
  readonly request: (asked: Asked, i: number) => readonly [body: object, headers?: Record<string, string>];
  /** What the others are told. */
  readonly refusals: readonly string[];
}

export const BINDINGS: readonly Binding[] = [
  {
    name: 'question ids',
    request: ({ interrupts }, i) => [{ answers: { [interrupts[0].id]: `answer ${i}` } }],
    refusals: ['thread_busy', 'interrupt_not_pending'],
  },
  {
    name: 'checkpoint ids',
    request: ({ checkpoint_id }, i) => [{ resume: `answer ${i}`, checkpoint_id }],
    refusals: ['thread_busy', 'stale_checkpoint'],
  },
  {
    name: 'one idempotency key',
    request: ({ interrupts }) => [{ answers: { [interrupts[0].id]: 'answer' } }, { 'idempotency-key': 'one' }],
    refusals: ['in_progress', 'thread_busy', 'replayed'],
  },
  {
    name: 'a key each',
    request: ({ interrupts }, i) => [{ answers: { [interrupts[0].id]: `answer ${i}` } }, { 'idempotency-key': `${i}` }],
    refusals: ['thread_busy', 'interrupt_not_pending'],
  },
];

/** 100 answers to one question at once, some rounds of them. */
export async function oneInterrupt(
  cluster: Cluster,
  ledger: string,
  { name, request, refusals }: Binding,
): Promise<Row> {
  const told = new Map<string, number>();
  const wrong: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const thread = `one-${name.replaceAll(' ', '-')}-${round}`;
    const asked = (await cluster.send('POST', `/threads/${thread}/invoke`, { input: { name: thread } }))!.body as Asked;
    const answers = await Promise.all(
      Array.from({ length: RESUMES }, (_, i) =>
        cluster.send('POST', `/threads/${thread}/resume`, ...request(asked, i)),
      ),
    );
    const codes = answers.map(codeOf);
    for (const code of codes) told.set(code, (told.get(code) ?? 0) + 1);
    if (codes.filter((code) => code === 'accepted').length !== 1) wrong.push('accepted');
    if (codes.some((code) => code !== 'accepted' && !refusals.includes(code))) wrong.push('refusals');
    const effects = readLedger(ledger);
    if (effects.get(`${thread} first`)?.length !== 1 || effects.has(`${thread} second`)) wrong.push('effects');
    const { body } = (await cluster.send('GET', `/threads/${thread}`))!;
    if (body.status !== 'interrupted' || body.interrupts[0]?.value !== 'second?' || body.values.log.length !== 1)
      wrong.push('state');
  }
  const seen = [...told].map(([code, count]) => `${count} ${code}`).join(', ');
  return [
    `${RESUMES} resumes of one interrupt, ${name}, ${ROUNDS} times: 1 effect each, the second question open`,
    seen,
    verdict(wrong),
  ];
}

function codeOf(answer: Answer | undefined): string {
  if (!answer) return 'no answer';
  if (answer.status !== 200) return answer.body.code;
  return answer.replayed ? 'replayed' : 'accepted';
}

export function verdict(wrong: readonly string[]): string {
  return wrong.length === 0 ? 'held' : `**broken**: ${[...new Set(wrong)].slice(0, 5).join(', ')}`;
}
