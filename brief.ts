const t = (x: any): string => typeof x === 'string' ? x : `Send(${x.send},${x.value})`;
export function brief(g: any, ind = ''): string {
  const lines: string[] = [];
  for (const n of g.nodes) {
    const r = n.returns;
    lines.push(`${ind}node ${n.name}: ${n.graph ? 'GRAPH' : n.steps.map((s: any) => s.do === 'call' ? 'CALL' : s.do + (s.times ?? '')).join(',')} -> ${r.kind} [${(r.channels ?? []).join()}] ${r.goto ? 'goto ' + r.goto.map(t) : ''} ${r.parent ? 'PARENT' : ''}${n.defer ? ' DEFER' : ''}`);
    if (n.graph) lines.push(brief(n.graph, ind + '    '));
    for (const s of n.steps) if (s.do === 'call') lines.push(brief(s.graph, ind + '    '));
  }
  lines.push(ind + 'edges ' + g.edges.map((e: any) => e.join('>')).join(' ') + (g.joins.length ? ' joins ' + g.joins.map((j: any) => `[${j[0]}]>${j[1]}`).join(' ') : ''));
  for (const b of g.branches) lines.push(`${ind}branch ${b.source}: ${b.decide.kind} ${b.decide.entries ?? ''} [${b.decide.targets.map(t)}] ${b.paths}`);
  if (g.interruptBefore.length || g.interruptAfter.length || g.checkpointer !== undefined) lines.push(`${ind}before ${g.interruptBefore} after ${g.interruptAfter} cp ${g.checkpointer}`);
  return lines.join('\n');
}
