/** Figures as Markdown: what the terminal shows is what docs/performance.md says. */
import type { Sample } from './stats.ts';

export type Row = readonly (string | number)[];

export function table(header: readonly string[], rows: readonly Row[]): string {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, i) => pad(cell, widths[i]!, i)).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join('\n');
}

/** `45 (41–52)`: median, tenth and ninetieth percentile. */
export function spread({ median, low, high }: Sample, unit = ''): string {
  return `${round(median)}${unit} (${round(low)}–${round(high)})`;
}

export function round(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits, useGrouping: true });
}

/** How a figure stands to its aim. */
export function verdict(met: boolean): string {
  return met ? 'met' : '**missed**';
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
