// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace's spans by service and name: how many, how long, of which themselves, on the critical path.
import { dataTable } from './data_table.js';
import { button, el, given } from './dom.js';
import { count, duration, percent } from './text.js';
import { failed } from './trace.js';

const MOST = 500;

export function sumByName(t, pathTime) {
  const by = new Map();
  for (let r = 0; r < t.n; r++) {
    const { service = '', name } = t.spans[r];
    const key = JSON.stringify([service, name]);
    let row = by.get(key);
    if (!row) by.set(key, (row = { service, name, count: 0, failed: 0, total: 0, max: 0, self: 0, path: 0 }));
    const took = t.end[r] - t.start[r];
    row.count++;
    row.failed += failed(t.spans[r]) ? 1 : 0;
    row.total += took;
    row.max = Math.max(row.max, took);
    row.self += t.self[r];
    row.path += pathTime.get(r) ?? 0;
  }
  for (const row of by.values()) row.mean = row.total / row.count;
  return [...by.values()];
}

export function spanTable(t, pathTime, { color, onPick }) {
  const rows = sumByName(t, pathTime);
  const all = Math.max(t.to - t.from, 1e-9);
  const column = (key, text) => ({ text, value: (row) => row[key], up: key === 'name' || key === 'service' });
  return dataTable({
    label: 'Spans by name',
    caption: 'Spans by service and name',
    columns: [
      column('name', 'Span'),
      column('service', 'Service'),
      column('count', 'Count'),
      column('failed', 'Failed'),
      column('total', 'Total'),
      column('mean', 'Mean'),
      column('max', 'Longest'),
      column('self', 'Self'),
      column('path', 'On critical path'),
    ],
    by: 7,
    rows,
    most: MOST,
    cells: (row) => [
      button(given(row.name, 120), {
        class: 'as-link',
        title: 'Show them in the timeline',
        onclick: () => onPick(row.name.length < 100 ? row.name : ''),
      }),
      el(
        `span.service.c${color(row.service)}`,
        null,
        el('i', { 'aria-hidden': 'true' }),
        given(row.service, 60),
      ),
      count(row.count),
      row.failed > 0 ? el('span.fault', null, count(row.failed)) : '',
      duration(row.total),
      duration(row.mean),
      duration(row.max),
      duration(row.self),
      row.path > 0 ? `${duration(row.path)} · ${percent(row.path, all)}` : '',
    ],
    note: rows.length > MOST && el('p.faint', null, `${count(rows.length - MOST)} more names`),
  });
}
