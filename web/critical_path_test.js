// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { criticalPath, pathTimes } from './critical_path.js';
import { buildTrace } from './trace.js';

const span = (id, parent, start, end) => ({ id, parent, service: 's', name: id, start, end });
const told = (spans) => {
  const t = buildTrace(spans, 0);
  return criticalPath(t)
    .map(({ row, from, to }) => `${t.spans[row].name} ${from}-${to}`)
    .join(', ');
};

test('a span alone is its own path', () => assert.equal(told([span('a', null, 0, 3)]), 'a 0-3'));

test('the child that ended last before each moment takes over', () => {
  assert.equal(
    told([span('p', null, 0, 10), span('a', 'p', 1, 4), span('b', 'p', 2, 8), span('quick', 'p', 2, 3)]),
    'p 0-1, a 1-2, b 2-8, p 8-10',
  );
});

test('it goes down into grandchildren', () => {
  assert.equal(
    told([span('p', null, 0, 10), span('a', 'p', 0, 10), span('g', 'a', 4, 6)]),
    'a 0-4, g 4-6, a 6-10',
  );
});

test('what outlasts its parent carries the path to the end of the trace', () => {
  assert.equal(
    told([span('launch', null, 0, 5), span('member', 'launch', 4, 100), span('other', 'launch', 4, 60)]),
    'launch 0-4, member 4-100',
  );
});

test('time that nobody accounts for is on no row', () => {
  assert.equal(told([span('send', null, 0, 1), span('receive', 'send', 5, 6)]), 'send 0-1, receive 5-6');
});

test('parts never overlap and add up to no more than the trace', () => {
  const spans = [span('r', null, 0, 1000)];
  let seed = 1;
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let i = 1; i < 3000; i++) {
    const parent = spans[Math.floor(next() * spans.length)];
    const start = parent.start + next() * 50;
    spans.push(span(`s${i}`, parent.id, start, start + next() * 200));
  }
  const t = buildTrace(spans, 0);
  const path = criticalPath(t);
  for (let i = 1; i < path.length; i++) assert.ok(path[i].from >= path[i - 1].to);
  const sum = [...pathTimes(path).values()].reduce((a, b) => a + b, 0);
  assert.ok(sum > 0 && sum <= t.to - t.from + 1e-6);
});

test('100,000 spans deep need no stack', () => {
  const spans = Array.from({ length: 100000 }, (_, i) =>
    span(String(i), i === 0 ? null : String(i - 1), i, 200000 - i),
  );
  assert.equal(criticalPath(buildTrace(spans, 0)).length, 199999);
});
