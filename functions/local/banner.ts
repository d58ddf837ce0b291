/** What `npm start` prints: where it listens, and a session with the refund example to paste. */

export function banner(address: string, data: string): string {
  return `Holdpoint listens on ${address}, threads are in ${data}

A refund above the limit stops for approval:

  curl -s ${address}/threads/refund-1/invoke -d '{"graph":"refund","input":{"order":"A-1001","amount":250}}'

The question is in "interrupts". Stop this process if you like, start it again, then answer with the question's id:

  ID=$(curl -s ${address}/threads/refund-1 | grep -oE '"interrupts":\\[\\{"id":"[0-9a-f]{32}' | grep -oE '[0-9a-f]{32}')
  curl -s ${address}/threads/refund-1/resume -d '{"answers":{"'$ID'":{"decision":"approve"}}}'

How it came about, newest first, and the same as a stream of events:

  curl -s ${address}/threads/refund-1/history
  curl -sN ${address}/invoke -H 'accept: text/event-stream' -d '{"graph":"refund","input":{"order":"A-1002","amount":40}}'
`;
}
