/** GET /ok: the application answers. It asks nothing of the store. */
import { jsonResponse } from '../answer.ts';
import { handler } from '../handler.ts';

export const ok = handler({ handle: () => jsonResponse({ ok: true }) });
