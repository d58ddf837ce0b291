/** Both rims, called as Lambda calls them, with real events. */
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { createBufferedHandler } from '../../functions/lambda/buffered.ts';
import { createLambdaApp, dynamoClient, type HandlerOptions } from '../../functions/lambda/environment.ts';
import { invocationOf, requestOf } from '../../functions/lambda/event.ts';
import { createStreamingHandler } from '../../functions/lambda/streaming.ts';
import { asking, oneNode, steps } from '../support/http-graphs.ts';
import { Gate, service } from '../support/http.ts';
import { eventsOf } from '../support/http.ts';

function proxyEvent(part: Partial<APIGatewayProxyEvent>): APIGatewayProxyEvent {
  return {
    resource: '/threads/{thread_id}/invoke',
    path: '/threads/t/invoke',
    httpMethod: 'POST',
    headers: null as never,
    multiValueHeaders: null as never,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { thread_id: 't' },
    stageVariables: null,
    requestContext: {
      domainName: 'abc.execute-api.eu-west-1.amazonaws.com',
      stage: 'api',
      path: '/api/threads/t/invoke',
    } as never,
    body: null,
    isBase64Encoded: false,
    ...part,
  };
}

const context = { awsRequestId: 'r-1', getRemainingTimeInMillis: () => 60_000 } as Context;

describe('requestOf', () => {
  it('method, path without the stage, query, headers and body', async () => {
    const request = requestOf(
      proxyEvent({
        multiValueQueryStringParameters: { limit: ['2'], tag: ['a b', 'ü'] },
        multiValueHeaders: { Accept: ['text/event-stream'], 'X-Two': ['1', '2'] },
        headers: { Accept: 'text/event-stream', 'X-Only': 'single' },
        body: '{"input":{"topic":"ü"}}',
      }),
    );
    const url = new URL(request.url);
    expect([request.method, url.pathname]).toEqual(['POST', '/threads/t/invoke']);
    expect([url.searchParams.get('limit'), url.searchParams.getAll('tag')]).toEqual(['2', ['a b', 'ü']]);
    expect(Object.fromEntries(request.headers)).toMatchObject({
      accept: 'text/event-stream',
      'x-two': '1, 2',
      'x-only': 'single',
    });
    expect(await request.json()).toEqual({ input: { topic: 'ü' } });
  });

  it('a body in base64 is bytes', async () => {
    const body = Buffer.from('{"input":{"topic":"ü"}}').toString('base64');
    expect(await requestOf(proxyEvent({ body, isBase64Encoded: true })).json()).toEqual({ input: { topic: 'ü' } });
  });

  it.each([
    ['/threads/t/invoke', '/threads/{thread_id}/invoke', '/threads/t/invoke'],
    ['/v1/refunds/threads/t/invoke', '/threads/{thread_id}/invoke', '/threads/t/invoke'],
    ['/threads/a%2Fb', '/threads/{thread_id}', '/threads/a%2Fb'],
    ['/threads/a?b#c', '/threads/{thread_id}', '/threads/a%3Fb%23c'],
    ['/threads/t/', '/threads/{thread_id}', '/threads/t'],
    ['/ok', '/ok', '/ok'],
    ['/', '/', '/'],
    ['/some/where', '/{proxy+}', '/some/where'],
    ['/threads/../invoke', '/threads/{thread_id}/invoke', '/threads/%252E%252E/invoke'],
    ['/threads/a\\..\\b/invoke', '/threads/{thread_id}/invoke', '/threads/a%5C..%5Cb/invoke'],
    ['/threads/a\tb/invoke', '/threads/{thread_id}/invoke', '/threads/a%09b/invoke'],
    ['/some/../invoke', '/{proxy+}', '/some/%252E%252E/invoke'],
  ])('path %s of resource %s is %s', (path, resource, expected) => {
    expect(new URL(requestOf(proxyEvent({ path, resource })).url).pathname).toBe(expected);
  });
});

describe('what a caller may send as a host', () => {
  it('is not what the URL is made of', () => {
    const { requestContext } = proxyEvent({});
    const event = proxyEvent({ requestContext: { ...requestContext, domainName: 'bad host::' } });
    expect(requestOf(event).url).toBe('https://localhost/threads/t/invoke');
    expect(new URL(requestOf(proxyEvent({})).url).host).toBe(requestContext.domainName);
  });
});

describe('a thread id that means a folder', () => {
  it.each([['.'], ['..'], ['%2e'], ['%2E%2e'], ['.%2e'], ['%2e.']])('%s is refused, on every route', async (id) => {
    const { app, saver } = service({ graphs: { steps: steps() } });
    const handler = createBufferedHandler(app);
    for (const [httpMethod, rest] of [
      ['POST', '/invoke'],
      ['POST', '/resume'],
      ['GET', ''],
      ['GET', '/state'],
      ['GET', '/history'],
      ['DELETE', ''],
    ] as const) {
      const resource = `/threads/{thread_id}${rest}`;
      const body = httpMethod === 'POST' ? '{"input":{}}' : null;
      const pathParameters = { thread_id: decodeURIComponent(id) };
      const event = { httpMethod, resource, body, pathParameters };
      const normalised = new URL(`http://x/threads/${id}${rest}`).pathname;
      for (const path of [`/threads/${id}${rest}`, `/base/threads/${id}${rest}`, normalised]) {
        const reply = await handler(proxyEvent({ ...event, path }), context);
        expect([path, reply.statusCode, JSON.parse(reply.body).code]).toEqual([path, 400, 'invalid_thread_id']);
      }
    }
    for (const name of [id, '.', '..', 'invoke']) expect(await saver.load(name)).toBeUndefined();
  });
});

describe('invocationOf', () => {
  it('the deadline is what Lambda says remains', () => {
    const work: Promise<unknown>[] = [];
    const { deadline, requestId, waitUntil } = invocationOf(context, work, 1_000_000);
    expect([deadline, requestId]).toEqual([1_060_000, 'r-1']);
    waitUntil?.(Promise.resolve());
    expect(work).toHaveLength(1);
  });
});

describe('the buffered rim', () => {
  it('answers in one piece, with status, headers and body', async () => {
    const { app } = service({ graphs: { ask: asking() } });
    const handler = createBufferedHandler(app);
    const started = await handler(proxyEvent({ body: '{"input":{}}' }), context);
    expect(started).toMatchObject({
      statusCode: 200,
      isBase64Encoded: false,
      headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' },
    });
    const [{ id }] = JSON.parse(started.body).interrupts;
    const resumed = await handler(
      proxyEvent({
        resource: '/threads/{thread_id}/resume',
        path: '/threads/t/resume',
        headers: { accept: 'text/event-stream' },
        body: JSON.stringify({ answers: { [id]: 'yes' } }),
      }),
      context,
    );
    expect(eventsOf(resumed.body).at(-1)).toMatchObject({ event: 'result', data: { status: 'done' } });
    const deleted = await handler(
      proxyEvent({ httpMethod: 'DELETE', resource: '/threads/{thread_id}', path: '/threads/t' }),
      context,
    );
    expect(deleted).toMatchObject({ statusCode: 204, body: '' });
  });
});

describe('the streaming rim', () => {
  it('can be loaded where there is no Lambda runtime, and says so when it is called', async () => {
    vi.stubGlobal('awslambda', undefined);
    const handler = createStreamingHandler(service({ graphs: { steps: steps() } }).app);
    vi.unstubAllGlobals();
    await expect(handler(proxyEvent({}), undefined as never, context)).rejects.toThrow('runs on Lambda only');
  });
});

describe('the environment', () => {
  it('an endpoint brings stand-ins for region and credentials, unless there are real ones', async () => {
    const local = dynamoClient({ DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000' }).config;
    expect(await local.region()).toBe('us-east-1');
    expect(await local.credentials()).toMatchObject({ accessKeyId: 'local' });
    expect(await local.maxAttempts()).toBe(3);
    const region = dynamoClient({ DYNAMODB_ENDPOINT: 'http://x', AWS_DEFAULT_REGION: 'eu-west-1' }).config;
    expect(await region.region()).toBe('eu-west-1');
  });

  it('without a table: a 500 that tells the caller nothing, and the operator what to set', async () => {
    const logs: { message: string }[] = [];
    const app = createLambdaApp({
      graphs: { steps: steps() },
      client: dynamoClient({}),
      log: (entry) => logs.push(entry),
    });
    const saved = process.env['HOLDPOINT_TABLE'];
    expect(saved).toBeUndefined();
    const response = await app(new Request('http://x/threads/t'));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: 'internal' });
    expect(logs).toMatchObject([{ message: expect.stringContaining('HOLDPOINT_TABLE') as string }]);
  });
});

describe('retention', () => {
  const sent: { UpdateExpression?: string }[] = [];
  const client = {
    send: (command: { input: object }) => {
      sent.push(command.input);
      return Promise.resolve({});
    },
  } as unknown as NonNullable<HandlerOptions['client']>;
  const graphs = { graph: oneNode(() => {}) };

  it.each([
    ['an option', { ttlSeconds: 60 }, undefined],
    ['the environment', {}, '60'],
  ])('C10: reaches the table from %s', async (_, options, variable) => {
    if (variable) process.env['HOLDPOINT_TTL_SECONDS'] = variable;
    const app = createLambdaApp({ graphs, client, table: 't', ...options });
    delete process.env['HOLDPOINT_TTL_SECONDS'];
    const response = await app(new Request('http://x/invoke', { method: 'POST', body: '{"input":{}}' }));
    expect(response.status).toBe(200);
    expect(sent.pop()?.UpdateExpression).toContain('#ttl = ');
  });

  it('C10: that is no number of seconds is refused at once', () => {
    process.env['HOLDPOINT_HISTORY_TTL_SECONDS'] = 'a week';
    expect(() => createLambdaApp({ graphs, client, table: 't' })).toThrow('"historyTtlSeconds" must be a whole number');
    delete process.env['HOLDPOINT_HISTORY_TTL_SECONDS'];
  });
});

describe('what both rims wait for', () => {
  it('the run, even though its stream is read by nobody', async () => {
    const gate = new Gate();
    const began = new Gate();
    const order: string[] = [];
    const graph = oneNode(async () => {
      began.resolve();
      await gate.opened;
      order.push('run ended');
    });
    const { app } = service({ graphs: { graph } });
    const left = createBufferedHandler(async (request, invocation) => {
      const response = await app(request, invocation);
      await response.body?.cancel();
      return new Response('left');
    });
    const event = proxyEvent({ headers: { accept: 'text/event-stream' }, body: '{"input":{}}' });
    const returned = left(event, context).then(() => order.push('handler returned'));
    await began.opened;
    gate.resolve();
    await returned;
    expect(order).toEqual(['run ended', 'handler returned']);
  });
});
