/** Lines over a logarithmic scale, as SVG that stands for itself: no script, no font, readable on light and dark. */

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** How many values a whole line has. */
  readonly length: number;
  readonly lines: readonly { readonly name: string; readonly colour: string; readonly values: readonly number[] }[];
}

const [WIDTH, HEIGHT] = [720, 360];
const FRAME = { left: 60, right: 20, top: 40, bottom: 50 };
const GREY = '#868e96';

export function logPlot({ title, x, y, length, lines }: Plot): string {
  const top = Math.ceil(Math.log10(Math.max(...lines.flatMap(({ values }) => [...values]), 10)));
  const across = (i: number): number => FRAME.left + (i / (length - 1)) * (WIDTH - FRAME.left - FRAME.right);
  const up = (value: number): number =>
    HEIGHT - FRAME.bottom - (Math.log10(Math.max(value, 1)) / top) * (HEIGHT - FRAME.top - FRAME.bottom);
  const parts = [label({ x: WIDTH / 2, y: 22, more: ' font-size="15"' }, title)];
  for (let power = 0; power <= top; power++) {
    const height = up(10 ** power);
    parts.push(
      `<line x1="${FRAME.left}" x2="${WIDTH - FRAME.right}" y1="${fixed(height)}" y2="${fixed(height)}" stroke="${GREY}" stroke-opacity="0.3"/>`,
      label({ x: FRAME.left - 8, y: height + 4, anchor: 'end' }, (10 ** power).toLocaleString('en')),
    );
  }
  for (let tick = 0; tick <= length; tick += 50) {
    parts.push(label({ x: across(Math.max(tick, 1) - 1), y: HEIGHT - FRAME.bottom + 18 }, String(Math.max(tick, 1))));
  }
  parts.push(
    label({ x: WIDTH / 2, y: HEIGHT - 10 }, x),
    label({ x: 16, y: HEIGHT / 2, more: ` transform="rotate(-90 16 ${HEIGHT / 2})"` }, y),
  );
  for (const [i, { name, colour, values }] of lines.entries()) {
    const points = values.map((value, turn) => `${fixed(across(turn))},${fixed(up(value))}`).join(' ');
    parts.push(
      `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
      label({ x: WIDTH - FRAME.right - 8, y: FRAME.top + 16 + 18 * i, anchor: 'end' }, name, colour),
    );
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">\n` +
    `${parts.join('\n')}\n</svg>\n`
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Further attributes. */
  readonly more?: string;
}

function label({ x, y, anchor = 'middle', more = '' }: Place, text: string, colour = GREY): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" fill="${colour}" text-anchor="${anchor}"${more}>${text}</text>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
