/** docs/http.md: its requests are accepted, its answers have the shape of real ones, its routes are all there are. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { graphs } from '../../functions/graphs.ts';
import { routes } from '../../functions/routes.ts';
import { eventsOf, type Reply, service, SSE } from '../support/http.ts';

const page = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8');

/** The fenced example of this name, as in "```json response=invoke". */
function example(name: string): string {
  const found = new RegExp(`^\`\`\`\\w+ ${name}\\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1];
  if (found === undefined) throw new Error(`docs/http.md has no example ${name}.`);
  return found;
}

/** Keys and kinds of values, all the way down; of a list, those of its first entry. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}

function eventShapes(text: string): unknown {
  return eventsOf(text.trimEnd()).map(({ event, data }) => [event, shapeOf(data)]);
}

/** Of the headings, as GitHub makes them. */
function anchors(text: string): string[] {
  const titles = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title!.toLowerCase());
  return titles.map((title) => title.replace(/[^\w\- ]/g, '').replaceAll(' ', '-'));
}

describe('the examples of docs/http.md', () => {
  const replies = new Map<string, Reply>();
  const { send } = service({ graphs });

  beforeAll(async () => {
    const invoked = await send('POST', '/threads/refund-1/invoke', example('request=invoke'));
    const { id } = invoked.body.interrupts[0];
    replies.set('invoke', invoked);
    replies.set('thread', await send('GET', '/threads/refund-1'));
    replies.set('state', await send('GET', '/threads/refund-1/state'));
    const answer = example('request=resume').replace(/[0-9a-f]{32}/, id);
    replies.set('resume', await send('POST', '/threads/refund-1/resume', answer));
    const again = await send('POST', '/threads/refund-2/invoke', example('request=invoke'));
    const second = answer.replace(/[0-9a-f]{32}/, again.body.interrupts[0].id);
    replies.set('stream', await send('POST', '/threads/refund-2/resume', second, SSE));
  });

  it.each(['invoke', 'resume'])('%s: the answer is the one shown, but for its ids', (name) => {
    const { status, body } = replies.get(name)!;
    const shown = JSON.parse(example(`response=${name}`));
    expect(status).toBe(200);
    expect(shapeOf(shown)).toEqual(shapeOf(body));
    expect(shown).toMatchObject({ status: body.status, values: body.values, next: body.next });
    expect(shown.interrupts.map(({ value }: { value: unknown }) => value)).toEqual(
      body.interrupts.map(({ value }: { value: unknown }) => value),
    );
  });

  it.each(['thread', 'state'])('%s: the shape is the one shown', (name) => {
    const shown = JSON.parse(example(`response=${name}`));
    const { body } = replies.get(name)!;
    const { answers, ...value } = (body.interrupts ?? body.tasks[0].interrupts)[0].value;
    expect(answers).toHaveLength(3);
    (body.interrupts ?? body.tasks[0].interrupts)[0].value = value;
    expect(shapeOf(shown)).toEqual(shapeOf(body));
  });

  it('stream: the events are those shown', () => {
    expect(eventShapes(example('stream=resume'))).toEqual(eventShapes(replies.get('stream')!.text));
  });

  it('history: a page has these members', async () => {
    const { body } = await send('GET', '/threads/refund-1/history');
    expect(Object.keys(JSON.parse(example('response=history')))).toEqual(Object.keys(body));
    expect(shapeOf(body.history[1])).toMatchObject({
      tasks: [{ name: 'string' }],
      checkpoint: { thread_id: 'string' },
    });
  });

  it('the table of routes has every route, and no other', () => {
    const table = page.slice(page.indexOf('| Route'), page.indexOf('A thread id has'));
    const listed = [...table.matchAll(/`(GET|POST|DELETE) (\S+)`/g)].map(([, method, path]) => `${method} ${path}`);
    expect(listed.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('links lead somewhere', () => {
    for (const [, file, anchor] of page.matchAll(/\]\(([\w.]*)#([\w-]+)\)/g)) {
      const there = readFileSync(new URL(`../../docs/${file || 'http.md'}`, import.meta.url), 'utf8');
      expect(anchors(there)).toContain(anchor);
    }
  });
});
