// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { NONE, buildTrace, setTimes, shownRows, state } from './trace.js';

const span = (id, parent, start, end, more = {}) => ({
  id,
  parent,
  service: 's',
  name: id,
  start,
  end,
  ...more,
});
const names = (t, rows = t.spans.map((_, i) => i)) => [...rows].map((r) => t.spans[r].name).join(' ');

test('spans come depth first, siblings by start, whatever order they arrived in', () => {
  const t = buildTrace(
    [span('c2', 'root', 5, 6), span('g', 'c1', 2, 3), span('root', null, 0, 10), span('c1', 'root', 1, 4)],
    0,
  );
  assert.equal(names(t), 'root c1 g c2');
  assert.deepEqual([...t.depth], [0, 1, 2, 1]);
  assert.deepEqual([...t.last], [4, 3, 3, 4]);
});

test('a span whose parent is not here stands at the top and is marked', () => {
  const t = buildTrace([span('a', 'gone', 3, 4), span('root', null, 0, 10)], 0);
  assert.equal(names(t), 'root a');
  assert.deepEqual([...t.missing], [0, 1]);
  assert.equal(t.parent[1], NONE);
});

test('a circle of parents is cut at its earliest span, and what hangs on it stays', () => {
  const t = buildTrace(
    [span('b', 'a', 2, 3), span('a', 'c', 1, 9), span('c', 'b', 4, 5), span('leaf', 'c', 4.5, 5)],
    0,
  );
  assert.equal(names(t), 'a b c leaf');
  assert.deepEqual([...t.cut], [1, 0, 0, 0]);
});

test('a span that is its own parent, and two of one id, lose nothing', () => {
  const t = buildTrace([span('x', 'x', 0, 1), span('d', null, 2, 3), span('d', null, 4, 5)], 0);
  assert.equal(t.n, 3);
  assert.equal(names(t), 'x d d');
});

test('self time is what no child covers, overlaps and what lies outside the parent left out', () => {
  const t = buildTrace(
    [span('p', null, 0, 10), span('a', 'p', 1, 4), span('b', 'p', 3, 6), span('late', 'p', 9, 14)],
    0,
  );
  assert.equal(t.self[0], 10 - 5 - 1);
  assert.equal(t.reach[0], 14);
});

test('a running span ends now, and later when now is later', () => {
  const t = buildTrace([span('p', null, 0, null), span('a', 'p', 1, 4)], 20);
  assert.equal(t.end[0], 20);
  assert.equal(t.running, 1);
  setTimes(t, 30);
  assert.equal(t.end[0], 30);
  assert.equal(t.to, 30);
  assert.equal(t.self[0], 27);
});

test('an end before the start counts as no length', () => {
  const t = buildTrace([span('p', null, 5, 3)], 0);
  assert.equal(t.end[0], 5);
  assert.equal(t.self[0], 0);
});

test('collapsed rows hide what is below them; a filter keeps the ancestors of what it keeps', () => {
  const t = buildTrace(
    [
      span('r', null, 0, 9),
      span('a', 'r', 1, 2),
      span('a1', 'a', 1, 2),
      span('b', 'r', 3, 4),
      span('b1', 'b', 3, 4),
    ],
    0,
  );
  assert.equal(names(t, shownRows(t, new Set([1]))), 'r a b b1');
  assert.equal(
    names(
      t,
      shownRows(t, new Set(), (r) => t.spans[r].name === 'b1'),
    ),
    'r b b1',
  );
});

test('the worst state wins', () => {
  assert.equal(state({ end: 1, error: true, fault: true }), 'fault');
  assert.equal(state({ end: 1, error: true, throttle: true }), 'throttle');
  assert.equal(state({ end: null }), 'running');
  assert.equal(state({ end: 1 }), 'ok');
});

test('200,000 spans in one chain need no stack', () => {
  const spans = Array.from({ length: 200000 }, (_, i) =>
    span(String(i), i === 0 ? null : String(i - 1), i, 200001),
  );
  const t = buildTrace(spans.reverse(), 0);
  assert.equal(t.depth[199999], 199999);
  assert.equal(t.last[0], 200000);
});

test('no spans make an empty trace', () => {
  const t = buildTrace([], 0);
  assert.equal(t.n, 0);
  assert.equal(t.from, 0);
});
