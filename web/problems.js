// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Why a trace looks broken, in words for people: what is wrong, what it means, what to do. Pure.
import { NONE } from './trace.js';
import { duration, plural, visible } from './text.js';

const SKEW = 0.001; // a start that much before the parent's is more than rounding
const DAYS_30 = 30 * 86400;

// [{kind, title, text, rows}] of a built trace. `notes`: what the server could not read.
export function findProblems(t, { id = '', notes = [] } = {}) {
  const found = [];
  const add = (kind, rows, title, text) => {
    if (rows.length > 0) found.push({ kind, rows, title, text });
  };
  const rows = (test) => {
    const out = [];
    for (let r = 0; r < t.n; r++) if (test(r)) out.push(r);
    return out;
  };

  const lost = rows((r) => t.missing[r]);
  const parents = new Set(lost.map((r) => t.spans[r].parent));
  add(
    'missing',
    lost,
    `${plural(lost.length, 'span')} without ${lost.length === 1 ? 'its' : 'their'} parent`,
    `${plural(parents.size, 'parent')} never arrived, so ${lost.length === 1 ? 'it stands' : 'they stand'} at the top. The parent may still be running in a program that sends spans only when they end, its program may have been killed, or it sends its spans elsewhere.`,
  );

  const circles = rows((r) => t.cut[r]);
  add(
    'circle',
    circles,
    `${plural(circles.length, 'circle')} of parents`,
    'Spans name each other as parent. Each circle is cut at its earliest span; ids were made twice or copied.',
  );

  const skewed = rows((r) => t.parent[r] !== NONE && t.start[r] < t.start[t.parent[r]] - SKEW);
  const most = skewed.reduce((m, r) => Math.max(m, t.start[t.parent[r]] - t.start[r]), 0);
  add(
    'skew',
    skewed,
    `Clocks differ by ${duration(most)} or more`,
    `${plural(skewed.length, 'span')} began before ${skewed.length === 1 ? 'its' : 'their'} parent, which cannot be: two machines' clocks differ. Times are shown as they were sent. Check time synchronisation there (chronyc tracking).`,
  );

  const negative = rows((r) => Number.isFinite(t.spans[r].end) && t.spans[r].end < t.spans[r].start);
  add(
    'negative',
    negative,
    `${plural(negative.length, 'span')} that ended before ${negative.length === 1 ? 'it' : 'they'} began`,
    'Shown with no length. The clock was set back while they ran.',
  );

  const open = rows((r) => t.spans[r].end === null || t.spans[r].end === undefined);
  add(
    'running',
    open,
    `${plural(open.length, 'span')} not finished`,
    'Still running, or the end was never sent. They grow until their end arrives.',
  );

  const roots = rows((r) => t.parent[r] === NONE && !t.missing[r] && !t.cut[r]);
  if (roots.length > 1) {
    add(
      'roots',
      roots,
      `${plural(roots.length, 'root')}`,
      'More than one span has no parent. Two programs began this trace, or an id was used again.',
    );
  }

  const crowded = rows((r) => Object.keys(t.spans[r].annotations ?? {}).length > 50);
  add(
    'annotations',
    crowded,
    'More than 50 annotations',
    'X-Ray indexes 50 annotations of a trace; the others cannot be searched there.',
  );

  const begun = /^1-([0-9a-f]{8})-/.exec(id);
  if (begun && t.n > 0 && Math.abs(parseInt(begun[1], 16) - t.from) > DAYS_30) {
    add(
      'id',
      [0],
      'An id that holds no time',
      'X-Ray ids begin with the time of the request; this one does not. Old X-Ray regions and SDKs refuse it.',
    );
  }
  if (notes.length > 0) {
    add(
      'notes',
      [0],
      `${plural(notes.length, 'part')} could not be read`,
      notes
        .slice(0, 5)
        .map((note) => visible(note, 300))
        .join(' · '),
    );
  }
  return found;
}
