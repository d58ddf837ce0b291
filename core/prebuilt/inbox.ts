/** What a review of a tool's call asks, and is answered, in the form that agent inboxes show. */
export interface ActionRequest {
  action: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the tool takes
  args: Record<string, any>;
}

/** Which answers are offered. */
export interface HumanInterruptConfig {
  allow_ignore: boolean;
  allow_respond: boolean;
  allow_edit: boolean;
  allow_accept: boolean;
}

/**
 * @example
 * const [{ type, args }] = interrupt<HumanInterrupt[], HumanResponse[]>([{ action_request: { action: 'book', args }, config }]);
 */
export interface HumanInterrupt {
  action_request: ActionRequest;
  config: HumanInterruptConfig;
  description?: string;
}

export interface HumanResponse {
  type: 'accept' | 'ignore' | 'response' | 'edit';
  args: null | string | ActionRequest;
}
