import { expect, it } from 'vitest';
import { transcript } from '../support/transcript.ts';

it('paid at once, approved, rejected, changed: three payments', async () => {
  expect(await transcript('05-refund')).toBe(`\
--- A-1001, 40 EUR
= {"order":"A-1001","amount":40,"status":"paid","receipt":"receipt 1: 40 EUR for A-1001"}
--- A-1002, 250 EUR
? Refund 250 EUR for order A-1002?
> {"decision":"approve"}
= {"order":"A-1002","amount":250,"status":"paid","receipt":"receipt 2: 250 EUR for A-1002"}
--- A-1003, 900 EUR
? Refund 900 EUR for order A-1003?
> "no"
? The "decision" is one of approve, reject, change. Refund 900 EUR for order A-1003?
> {"decision":"reject"}
? To reject, give a "reason". Refund 900 EUR for order A-1003?
> {"decision":"reject","reason":"sent twice"}
= {"order":"A-1003","amount":900,"status":"rejected","reason":"sent twice"}
--- A-1004, 700 EUR
? Refund 700 EUR for order A-1004?
> {"decision":"change","amount":350}
= {"order":"A-1004","amount":350,"status":"paid","receipt":"receipt 3: 350 EUR for A-1004"}
payments: 3
`);
});
