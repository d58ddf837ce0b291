/** Entry point "holdpoint/prebuilt": agents and their tools, for programs that have `@langchain/core`. */
export { type AgentNameMode, withAgentName } from './agent-name.ts';
export type { ActionRequest, HumanInterrupt, HumanInterruptConfig, HumanResponse } from './inbox.ts';
export { type AgentState, createReactAgentAnnotation, type CreateReactAgentParams } from './params.ts';
export { createReactAgent } from './react-agent.ts';
export { ToolNode, type ToolNodeOptions, toolsCondition } from './tool-node.ts';
