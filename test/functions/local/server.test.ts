/** The local server over real HTTP: real events, a real streaming handler, the runtime's real bytes. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../functions/app.ts';
import { createStreamingHandler } from '../../../functions/lambda/streaming.ts';
import { installRuntime } from '../../../functions/local/runtime.ts';
import { type LocalServer, startServer } from '../../../functions/local/server.ts';
import { MemorySaver } from '../../../core/index.ts';
import { asking, oneNode, steps } from '../../support/http-graphs.ts';
import { BlockReader, client, Gate, type Send, SSE } from '../../support/http.ts';

beforeAll(installRuntime);

let server: LocalServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(
  graphs: Parameters<typeof createApp>[0]['graphs'],
  saver = new MemorySaver(),
): Promise<{ base: string; send: Send }> {
  server = await startServer(0);
  server.serve(createStreamingHandler(createApp({ graphs, checkpointer: () => saver, log: () => undefined })));
  const base = `http://127.0.0.1:${server.port}`;
  return { base, send: client((request) => fetch(request), base) };
}

const post = (body: unknown, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers,
  body: JSON.stringify(body),
});

describe('over HTTP', () => {
  it('start, question, answer, state, history, delete', async () => {
    const { send } = await serve({ ask: asking() });
    const started = await send('POST', '/threads/user:42/invoke', { input: { topic: 'ü' } });
    expect(started.status).toBe(200);
    expect(started.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    const [{ id, value }] = started.body.interrupts;
    expect(value).toEqual({ approve: 'ü' });
    const done = await send('POST', '/threads/user:42/resume', { answers: { [id]: 'yes' } });
    expect(done.body).toMatchObject({ status: 'done', values: { answer: 'yes' } });
    expect((await send('GET', '/threads/user%3A42')).body).toMatchObject({ status: 'done' });
    expect((await send('GET', '/threads/user:42/history?limit=1')).body.history).toHaveLength(1);
    const deleted = await send('DELETE', '/threads/user:42');
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect((await send('GET', '/threads/user:42')).body).toMatchObject({ status: 404, code: 'unknown_thread' });
  });

  it('streaming is real: the client has the first events while the node still waits', async () => {
    const gate = new Gate();
    const { base } = await serve({ graph: oneNode(() => gate.opened.then(() => ({ log: ['done'] }))) });
    const response = await fetch(`${base}/threads/t/invoke`, post({ input: { topic: 'x' } }, SSE));
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const reader = new BlockReader(response.body as ReadableStream<Uint8Array>);
    expect(await reader.next()).toMatchObject({ event: 'metadata', data: { thread_id: 't' } });
    expect(await reader.next()).toMatchObject({ event: 'values', data: { topic: 'x' } });
    gate.resolve();
    expect(await reader.next()).toMatchObject({ event: 'values', data: { log: ['done'] } });
    expect(await reader.next()).toMatchObject({ event: 'result', data: { status: 'done' } });
    expect(await reader.next()).toBeUndefined();
  });

  it('an error after the headers is an event, and the response ends cleanly', async () => {
    const gate = new Gate();
    const { base } = await serve({ graph: oneNode(() => gate.opened) });
    const response = await fetch(`${base}/invoke`, post({ input: {}, stream_mode: 'updates' }, SSE));
    const reader = new BlockReader(response.body as ReadableStream<Uint8Array>);
    expect(await reader.next()).toMatchObject({ event: 'metadata' });
    gate.reject(new Error('card declined'));
    expect(await reader.next()).toMatchObject({ event: 'error', data: { code: 'node_failed' } });
    expect(await reader.next()).toBeUndefined();
  });

  it('a client that goes away: the run ends, and is saved', async () => {
    const gate = new Gate();
    const began = new Gate();
    const saver = new MemorySaver();
    const graph = oneNode(async () => {
      began.resolve();
      await gate.opened;
      return { log: ['paid'] };
    });
    const { base } = await serve({ graph }, saver);
    const abort = new AbortController();
    const response = await fetch(`${base}/threads/t/invoke`, { ...post({ input: {} }, SSE), signal: abort.signal });
    await began.opened;
    abort.abort();
    await expect(response.text()).rejects.toThrow('aborted');
    gate.resolve();
    await server!.close(); // waits for the handler, which waits for the run
    server = undefined;
    expect((await saver.load('t'))?.head.status).toBe('done');
  });

  it('requests run side by side', async () => {
    const gates = new Map([['a', new Gate()], ['b', new Gate()]]); // prettier-ignore
    const both = new Gate();
    let running = 0;
    const graph = oneNode(async ({ topic }) => {
      if (++running === 2) both.resolve();
      await gates.get(topic as string)!.opened;
    });
    const { send } = await serve({ graph });
    const a = send('POST', '/threads/a/invoke', { input: { topic: 'a' } });
    const b = send('POST', '/threads/b/invoke', { input: { topic: 'b' } });
    await both.opened;
    gates.get('b')!.resolve();
    expect((await b).body.status).toBe('done');
    gates.get('a')!.resolve();
    expect((await a).body.status).toBe('done');
  });

  it('the preflight of a browser is answered as API Gateway does, with the methods of the path', async () => {
    const { base } = await serve({ steps: steps() });
    const preflight = await fetch(`${base}/threads/t`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET,DELETE,OPTIONS');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-api-key');
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each([['/threads/%2e%2e/invoke'], ['/threads/../invoke'], ['/threads/./invoke'], ['/threads/%2E/invoke']])(
    '%s is no other route',
    async (path) => {
      await serve({ steps: steps() });
      const { status, body } = await raw(`POST ${path} HTTP/1.1\r\nhost: x`, '{"input":{}}');
      expect([status, body.code]).toEqual([400, 'invalid_thread_id']);
    },
  );

  it('names that objects have of themselves are parameters and headers like any other', async () => {
    await serve({ steps: steps() });
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const query = await raw(`GET /ok?${name}=1 HTTP/1.1\r\nhost: x`);
      expect([query.status, query.body]).toEqual([400, expect.objectContaining({ code: 'invalid_request' })]);
      expect(query.body.detail).toContain(`unknown: ${name}`);
      expect((await raw(`GET /ok HTTP/1.1\r\nhost: x\r\n${name}: 1`)).status).toBe(200);
    }
  });

  it('any Host header will do', async () => {
    await serve({ steps: steps() });
    for (const host of ['bad host::', '', 'a/b?c#d', 'x:99999']) {
      expect([host, (await raw(`GET /ok HTTP/1.1\r\nhost: ${host}`)).status]).toEqual([host, 200]);
    }
  });

  it('a slow reader holds the stream back', async () => {
    const chunk = 'x'.repeat(1_000_000);
    let pulled = 0;
    server = await startServer(0);
    const ended = new Gate();
    server.serve(
      createStreamingHandler(async (_request, invocation) => {
        invocation?.waitUntil?.(ended.opened);
        const body = new ReadableStream<Uint8Array>(
          {
            pull(controller) {
              if (++pulled === 200) controller.close();
              else controller.enqueue(new TextEncoder().encode(chunk));
            },
          },
          { highWaterMark: 0 },
        );
        return new Response(body);
      }),
    );
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET /ok HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await once(socket, 'readable'); // and nothing is read
    const before = await settled(() => pulled);
    expect(before).toBeLessThan(100);
    socket.resume();
    await once(socket, 'end');
    expect(pulled).toBe(200);
    socket.destroy();
    ended.resolve();
  });
});

/** What fetch would have made right before it is sent. */
// eslint-disable-next-line typescript/no-explicit-any -- a test reads what it expects
async function raw(head: string, body = ''): Promise<{ status: number; body: any }> {
  const socket = connect(server!.port, '127.0.0.1');
  socket.write(`${head}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return { status: Number(text.split(' ')[1]), body: JSON.parse(/\{.*\}/s.exec(text)?.[0] ?? 'null') };
}

/** The value, once it has not changed for several turns of the event loop. */
async function settled(read: () => number): Promise<number> {
  let last = read();
  for (let same = 0; same < 200; same++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (read() !== last) same = 0;
    last = read();
  }
  return last;
}
