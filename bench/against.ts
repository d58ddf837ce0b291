/**
 * What the same programs cost with Holdpoint and with LangGraph.js on @rwai/langgraphjs-checkpoint-dynamodb, against one server: a cycle by the size
 * of its state, and a thread that grows for 200 turns, as tables and as docs/growth.svg.
 */
import { DynamoDBSaver } from '../core/checkpoint/dynamodb/index.ts';
import { packedSize, packText } from '../core/checkpoint/dynamodb/pack.ts';
import * as holdpoint from '../core/index.ts';
import { createTable, testClient, testServers } from '../test/support/dynamodb.ts';
import { cycle, type CostLibrary, type Durability, grow } from './cost-programs.ts';
import { type Cost, costOf, Ledger } from './ledger.ts';
import { type PeerCosts, peerCosts } from './peer.ts';
import { logPlot } from './plot.ts';
import { PROSE, shuffledProse } from './prose.ts';
import { round, type Row, table, verdict } from './table.ts';

const NOTES = [
  { label: '100 B', note: PROSE.slice(0, 100), aim: { calls: 5, units: 5 } },
  { label: '20 KB of prose', note: PROSE, aim: { calls: 7, units: 18 } },
];
const DURABILITIES: readonly Durability[] = ['async', 'exit'];
const TURNS = 200;
const TURN_BYTES = 4_096;
const SHOWN = [1, 5, 20, 50, 100, 150, 200];
/** Dollars per million units, on demand, us-east-1. */
const PRICE = { write: 0.625, read: 0.125 };

export interface Comparison {
  readonly figures: string;
  readonly plot: string;
}

export async function against(): Promise<Comparison> {
  const [server, start] = [...testServers()].at(-1)!;
  const running = await start();
  const client = testClient(running.endpoint);
  try {
    const orders = NOTES.flatMap(({ note }) => DURABILITIES.map((durability) => ({ note, durability })));
    const turns = Array.from({ length: TURNS }, (_, i) => shuffledProse(i, TURN_BYTES));
    const saver = new DynamoDBSaver({ client, table: await createTable(client) });
    const ours = await ownCosts(saver, new Ledger(client, () => 0), orders, turns);
    const theirs = await peerCosts({ endpoint: running.endpoint, cycles: orders, turns, durability: 'exit' });
    return {
      figures: [cycles(ours, theirs, server), growth(ours, theirs)].join('\n\n'),
      plot: plot(ours, theirs),
    };
  } finally {
    client.destroy();
    await running.stop();
  }
}

async function ownCosts(
  saver: DynamoDBSaver,
  ledger: Ledger,
  orders: readonly { readonly note: string; readonly durability: Durability }[],
  turns: readonly string[],
): Promise<PeerCosts> {
  const library = holdpoint as unknown as CostLibrary;
  const checkpointer = saver as unknown as Parameters<typeof cycle>[1];
  const measure = costOf(ledger);
  const all: Cost[] = [];
  for (const { note, durability } of orders) all.push(await cycle(library, checkpointer, note, durability, measure));
  const { costs, failed } = await grow(library, checkpointer, turns, 'exit', measure);
  return { cycles: all, growth: costs, ...(failed !== undefined && { failed }) };
}

function cycles(ours: PeerCosts, theirs: PeerCosts, server: string): string {
  const rows: Row[] = [];
  for (const [i, { label, aim }] of NOTES.entries()) {
    for (const [k, durability] of DURABILITIES.entries()) {
      const [own, peer] = [ours.cycles[2 * i + k]!, theirs.cycles[2 * i + k]!];
      const met = own.calls <= aim.calls && own.writeUnits <= aim.units;
      rows.push([
        `${label}, ${durability}`,
        figures(own),
        durability === 'exit' ? `≤ ${aim.calls} / ${aim.units}: ${verdict(met)}` : '–',
        figures(peer),
        dollars(own),
        dollars(peer),
      ]);
    }
  }
  const ratio = PROSE.length / packedSize(packText(PROSE));
  return (
    'Against `@rwai/langgraphjs-checkpoint-dynamodb` 0.1.6 under LangGraph.js 1.7.3: one invoke and one resume of the same graph of three nodes, ' +
    `through the library, the thread named by the caller, on ${server}. \`async\` is the default of both libraries, \`exit\` of Holdpoint over HTTP. ` +
    `The prose is [bench/fixtures/prose.txt](../bench/fixtures/prose.txt), ${PROSE.length.toLocaleString('en')} bytes, which deflate to 1 in ${round(ratio)}:\n\n` +
    table(
      [
        'state, durability',
        'calls / write / read units',
        'aim, calls / write units',
        'peer: calls / write / read units',
        '$ per million cycles',
        'peer: $',
      ],
      rows,
    )
  );
}

function growth(ours: PeerCosts, theirs: PeerCosts): string {
  const rows = SHOWN.map((turn): Row => {
    const [own, peer] = [ours.growth[turn - 1], theirs.growth[turn - 1]];
    return [turn, ...columns(own), ...columns(peer), cumulated(ours, turn), cumulated(theirs, turn)];
  });
  const [early, late] = [mean(ours.growth.slice(2, 7)), mean(ours.growth.slice(-20))];
  const factor = late / early;
  const end = theirs.failed && `The peer fails at turn ${theirs.growth.length + 1}: ${theirs.failed.split('\n')[0]}. `;
  return (
    `A thread that grows: each turn is an invoke that adds one message of 4 KB (words of the prose in a random order, so that no turn repeats another), \`exit\`, ${TURNS} turns. ` +
    `${end ?? ''}Write units of the turns 181 to 200 over those of the turns 3 to 7: ${round(factor)} (aim ≤ 1.5: ${verdict(factor <= 1.5)}).\n\n` +
    `${table(['turn', 'calls', 'write units', 'read units', 'peer: calls', 'peer: write units', 'peer: read units', '$ per million threads so far', 'peer: $'], rows)}\n\n` +
    '![Write units per turn](growth.svg)'
  );
}

function plot(ours: PeerCosts, theirs: PeerCosts): string {
  return logPlot({
    title: 'Write units per turn, 4 KB added each turn',
    x: 'turn',
    y: 'write units (logarithmic)',
    length: TURNS,
    lines: [
      { name: 'Holdpoint', colour: '#0b7285', values: unitsOf(ours) },
      { name: 'LangGraph.js, @rwai 0.1.6', colour: '#c92a2a', values: unitsOf(theirs) },
    ],
  });
}

function unitsOf({ growth: turns }: PeerCosts): number[] {
  return turns.map(({ writeUnits }) => writeUnits);
}

function figures({ calls, writeUnits, readUnits }: Cost): string {
  return `${calls} / ${writeUnits} / ${readUnits}`;
}

function columns(cost: Cost | undefined): (string | number)[] {
  return cost ? [cost.calls, cost.writeUnits, cost.readUnits] : ['–', '–', '–'];
}

/** Per million, so that units times the price per million is dollars. */
function dollars({ writeUnits, readUnits }: Cost): string {
  return round(writeUnits * PRICE.write + readUnits * PRICE.read);
}

function cumulated({ growth: turns }: PeerCosts, until: number): string {
  if (turns.length < until) return '–';
  const sum = (key: 'writeUnits' | 'readUnits'): number =>
    turns.slice(0, until).reduce((all, one) => all + one[key], 0);
  return dollars({ calls: 0, writeUnits: sum('writeUnits'), readUnits: sum('readUnits') });
}

function mean(costs: readonly Cost[]): number {
  return costs.reduce((sum, { writeUnits }) => sum + writeUnits, 0) / costs.length;
}
