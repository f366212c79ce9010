// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace's spans by service and name: how many, how long, of which themselves, on the critical path.
import { button, el, given, replace } from './dom.js';
import { count, duration, percent } from './text.js';
import { failed } from './trace.js';

const COLUMNS = [
  ['name', 'Span'],
  ['service', 'Service'],
  ['count', 'Count'],
  ['failed', 'Failed'],
  ['total', 'Total'],
  ['mean', 'Mean'],
  ['max', 'Longest'],
  ['self', 'Self'],
  ['path', 'On critical path'],
];
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
  let sort = 'self';
  let down = true;
  const body = el('tbody');
  const headers = COLUMNS.map(([key, text]) =>
    el(
      'th',
      { scope: 'col' },
      button(text, {
        class: 'sort',
        onclick: () => {
          down = sort === key ? !down : key !== 'name' && key !== 'service';
          sort = key;
          paint();
        },
      }),
    ),
  );
  const note = el('p.faint');
  function paint() {
    rows.sort((a, b) => (a[sort] < b[sort] ? -1 : a[sort] > b[sort] ? 1 : 0) * (down ? -1 : 1));
    headers.forEach((h, i) =>
      h.setAttribute('aria-sort', COLUMNS[i][0] === sort ? (down ? 'descending' : 'ascending') : 'none'),
    );
    replace(
      body,
      rows
        .slice(0, MOST)
        .map((row) =>
          el(
            'tr',
            null,
            el(
              'th',
              { scope: 'row' },
              button(given(row.name, 120), {
                class: 'as-link',
                title: 'Show them in the timeline',
                onclick: () => onPick(row.name.length < 100 ? row.name : ''),
              }),
            ),
            el(
              'td',
              null,
              el(
                `span.service.c${color(row.service)}`,
                null,
                el('i', { 'aria-hidden': 'true' }),
                given(row.service, 60),
              ),
            ),
            el('td', null, count(row.count)),
            el('td', null, row.failed > 0 ? el('span.fault', null, count(row.failed)) : ''),
            el('td', null, duration(row.total)),
            el('td', null, duration(row.mean)),
            el('td', null, duration(row.max)),
            el('td', null, duration(row.self)),
            el('td', null, row.path > 0 ? `${duration(row.path)} · ${percent(row.path, all)}` : ''),
          ),
        ),
    );
    note.textContent = rows.length > MOST ? `${count(rows.length - MOST)} more names` : '';
  }
  paint();
  return {
    node: el(
      'div.table-box',
      { tabindex: '0', role: 'region', 'aria-label': 'Spans by name' },
      el(
        'table.data',
        null,
        el('caption.offscreen', null, 'Spans by service and name'),
        el('thead', null, el('tr', null, headers)),
        body,
      ),
      note,
    ),
  };
}
