/** The stream mode `tools`: the LangChain tools that nodes call, met by shape. */
import type { Handlers, Namespace } from './events.ts';
import { heardTasks, type Metadata } from './heard-tasks.ts';

/**
 * @param callbacks gets the handler for the tools
 * @param subgraphs of graphs inside tasks too
 */
export function toolsMode(
  tell: (chunk: unknown, ns: Namespace) => void,
  callbacks: object[],
  subgraphs: boolean,
): Handlers {
  const heard = heardTasks(subgraphs);
  const running = new Map<string, (event: string, what: object) => void>();
  const end = (runId: string, event: string, what: object): void => {
    running.get(runId)?.(event, what);
    running.delete(runId);
  };
  callbacks.push({
    name: 'holdpoint_tools',
    awaitHandlers: true,
    handleToolStart: (
      tool: { readonly name?: string } | undefined,
      input: string,
      runId: string,
      _parent?: string,
      _tags?: unknown,
      metadata?: Metadata,
      runName?: string,
      toolCallId?: string,
    ) => {
      const ns = heard.namespaceOf(metadata);
      if (!ns) return;
      const about = { ...(toolCallId !== undefined && { toolCallId }), name: runName ?? tool?.name ?? 'unknown' };
      running.set(runId, (event, what) => tell({ event, ...about, ...what }, ns));
      running.get(runId)!('on_tool_start', { input });
    },
    handleToolEvent: (data: unknown, runId: string) => running.get(runId)?.('on_tool_event', { data }),
    handleToolEnd: (output: unknown, runId: string) => end(runId, 'on_tool_end', { output }),
    handleToolError: (error: unknown, runId: string) => end(runId, 'on_tool_error', { error }),
  });
  return heard.handlers;
}
