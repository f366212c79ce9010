// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Text, axes, addresses, arrays, comparison, problems.
import assert from 'node:assert/strict';
import test from 'node:test';
import { sumUp } from './array.js';
import { compareNames, compareTraces } from './compare_traces.js';
import { findProblems } from './problems.js';
import { absoluteRange, durationSeconds, formatRoute, parseRoute, timeRange } from './route.js';
import { logBins, logScale, median, ticks, timeStep } from './scale.js';
import { matcher } from './search.js';
import { duration, percent, quoted, traceId, visible, visibleLines } from './text.js';
import { NONE, buildTrace, outcome } from './trace.js';

test('what hides or turns text is written out', () => {
  assert.equal(visible('a\u202eb\u0000c\u2066'), 'a\\u{202e}b\\u{0}c\\u{2066}');
  assert.equal(visible('line\nbreak\u001b[31m'), 'line\\u{a}break\\u{1b}[31m');
  assert.equal(visibleLines('two\nlines\t\u202e'), 'two\nlines\t\\u{202e}');
  assert.equal(visible('\u{e0041}tag'), '\\u{e0041}tag');
});

test('long text is cut, never within a character', () => {
  assert.equal(visible('abcdef', 3), 'abc…');
  assert.equal(visible('ab👍👍', 3), 'ab…');
  assert.equal(visible('x'.repeat(10_000_000)).length, 201);
  assert.equal(visible(null), '');
  assert.equal(visible(7), '7');
});

test('durations have the unit people expect', () => {
  const cases = [
    [0, '0 s'],
    [0.00000089, '0.89 µs'],
    [0.0567, '56.7 ms'],
    [0.9999, '1 s'],
    [1.234, '1.23 s'],
    [59.96, '1 min'],
    [125, '2 min 5 s'],
    [12000, '3 h 20 min'],
    [360000, '4 d 4 h'],
    [-2, '−2 s'],
    [NaN, '–'],
  ];
  for (const [seconds, text] of cases) assert.equal(duration(seconds), text);
});

test('shares are rounded, but what is there is never 0 %', () => {
  assert.equal(percent(0, 10), '0 %');
  assert.equal(percent(1, 100000), '< 0.1 %');
  assert.equal(percent(1, 3), '33 %');
  assert.equal(percent(1, 0), '–');
});

test('both forms of a trace id are known', () => {
  assert.equal(traceId('69573385A1B2C3D4E5F60718293A4B5C'), '1-69573385-a1b2c3d4e5f60718293a4b5c');
  assert.equal(traceId(' 1-69573385-a1b2c3d4e5f60718293a4b5c'), '1-69573385-a1b2c3d4e5f60718293a4b5c');
  assert.equal(traceId('javascript:alert(1)'), '');
});

test('a name in a filter cannot leave its quotes', () => assert.equal(quoted('a"b\\'), '"a\\"b\\\\"'));

test('addresses survive the way there and back', () => {
  const filter = 'service("a b") { fault } AND annotation.x = "50% + ü&?"';
  const route = parseRoute(formatRoute(['traces'], { filter, timeRange: '' }));
  assert.deepEqual(route, { path: ['traces'], query: { filter } });
  assert.deepEqual(parseRoute('#/traces/1-2-3/raw').path, ['traces', '1-2-3', 'raw']);
  assert.deepEqual(parseRoute('').path, ['traces']);
  assert.deepEqual(parseRoute('#/traces/%E0%A4%A').path, ['traces', '%E0%A4%A']);
  assert.equal(parseRoute('#/service-map?timeRange=PT1H').query.timeRange, 'PT1H');
});

test('a time range is a duration up to now, or from ~ to', () => {
  assert.equal(durationSeconds('P1DT2H'), 93600);
  assert.ok(Number.isNaN(durationSeconds('P')));
  assert.deepEqual(timeRange('PT5M', 1000), { start: 700, end: 1000, relative: true, text: 'PT5M' });
  const own = timeRange(absoluteRange(100, 200), 5000);
  assert.deepEqual([own.start, own.end, own.relative], [100, 200, false]);
  assert.equal(timeRange('nonsense~', 1000).text, 'PT1H');
});

test('ticks are where people count', () => {
  assert.equal(timeStep(60, 6), 10);
  assert.equal(timeStep(3600, 6), 600);
  assert.deepEqual(ticks(0, 0.1, 5), [0, 0.02, 0.04, 0.06, 0.08, 0.1].slice(0, 6));
  assert.ok(ticks(0, 1e9, 10).length <= 11);
});

test('bins hold every value', () => {
  const values = [0.001, 0.01, 0.01, 5, 3600, 0];
  const bins = logBins(values, 32);
  assert.equal(
    bins.reduce((n, b) => n + b.count, 0),
    values.length,
  );
  assert.equal(logBins([], 32).length, 0);
  const scale = logScale(0.01, 10);
  assert.ok(Math.abs(scale.value(scale.at(0.5)) - 0.5) < 1e-9);
  assert.equal(median([3, 1, 2, 10]), 2.5);
});

test('stragglers are much slower than the usual, running ones too', () => {
  const members = [10, 11, 9, 10, 30].map((took) => ({ start: 0, end: took, exitCode: 0 }));
  members.push({ start: 0, end: null, exitCode: null }, { start: 0, end: 10, exitCode: 3 });
  const sums = sumUp(members, 50);
  assert.deepEqual([...sums.stragglers], [4, 5]);
  assert.deepEqual([sums.done, sums.running, sums.failed, sums.median, sums.slowest], [5, 1, 1, 10, 5]);
});

test('no members have no median', () => assert.ok(Number.isNaN(sumUp([], 1).median)));

const span = (id, parent, name, start, end, more = {}) => ({
  id,
  parent,
  service: 's',
  name,
  start,
  end,
  ...more,
});

test('a search wants every word, in names, values or ids; bounds are of the duration', () => {
  const t = buildTrace(
    [
      span('aa', null, 'S3.GetObject', 0, 0.005, { metadata: { 'host.id': 'i-42' } }),
      span('bb', 'aa', 'S3.PutObject', 0, 2, { annotations: { customer: 'C7' } }),
    ],
    0,
  );
  const found = (text) => [0, 1].filter(matcher(text, t));
  assert.deepEqual(found('s3'), [0, 1]);
  assert.deepEqual(found('s3 get'), [0]);
  assert.deepEqual(found('c7'), [1]);
  assert.deepEqual(found('i-42'), [0]);
  assert.deepEqual(found('>10ms'), [1]);
  assert.deepEqual(found('s3 <1s'), [0]);
  assert.deepEqual(found('nothing'), []);
  assert.equal(matcher('  ', t), null);
});

test('what came back is said of failures alone', () => {
  assert.equal(outcome({ end: 1, http: { status: 200 } }), '');
  assert.equal(
    outcome({ end: 1, error: true, http: { status: 404 }, annotations: { error_type: 'NoSuchKey' } }),
    '404 NoSuchKey',
  );
  assert.equal(outcome({ end: 1, fault: true, cause: { type: 'Timeout', message: 'late' } }), 'Timeout');
  assert.equal(outcome({ end: 1, throttle: true }), 'throttled');
  assert.equal(outcome({ end: 1, fault: true, http: { status: 503 }, cause: { message: '503' } }), '503');
});

test('two traces are one tree: same names in the same places, the rest beside', () => {
  const a = buildTrace(
    [
      span('1', null, 'r', 0, 9),
      span('2', '1', 'get', 1, 2),
      span('3', '1', 'get', 3, 4),
      span('4', '1', 'gone', 5, 6),
    ],
    0,
  );
  const b = buildTrace(
    [
      span('5', null, 'r', 0, 9),
      span('6', '5', 'get', 1, 2),
      span('7', '5', 'new', 2, 3),
      span('8', '7', 'below', 2, 3),
      span('9', '5', 'get', 3, 8),
    ],
    0,
  );
  const rows = compareTraces(a, b).map(
    (p) => `${' '.repeat(p.depth)}${p.name} ${p.a === NONE ? 'B' : p.b === NONE ? 'A' : 'both'}`,
  );
  assert.deepEqual(rows, ['r both', ' get both', ' new B', '  below B', ' get both', ' gone A']);
  assert.deepEqual(
    compareNames(a, b)
      .slice(0, 2)
      .map((n) => [n.name, n.selfB - n.selfA]),
    [
      ['r', -4],
      ['get', 4],
    ],
  );
});

test('two single roots are compared whatever they are called', () => {
  const rows = compareTraces(
    buildTrace([span('1', null, 'old', 0, 9)], 0),
    buildTrace([span('2', null, 'new', 0, 9)], 0),
  );
  assert.deepEqual(
    rows.map((p) => [p.a, p.b, p.name]),
    [[0, 0, 'old → new']],
  );
});

test('array members are matched by their index', () => {
  const member = (id, i, start) =>
    span(id, 'r', 'spored', start, start + 1, { annotations: { spawn_job_array_index: i } });
  const a = buildTrace([span('r', null, 'launch', 0, 1), member('a0', 0, 1), member('a1', 1, 2)], 0);
  const b = buildTrace([span('r', null, 'launch', 0, 1), member('b1', 1, 1), member('b0', 0, 2)], 0);
  const pairs = compareTraces(a, b)
    .slice(1)
    .map((p) => [a.spans[p.a].id, b.spans[p.b].id]);
  assert.deepEqual(pairs, [
    ['a0', 'b0'],
    ['a1', 'b1'],
  ]);
});

test('a broken trace says what is wrong with it', () => {
  const t = buildTrace(
    [
      span('r', null, 'r', 100, 110),
      span('o', 'lost', 'orphan', 101, 102),
      span('k', 'r', 'skewed', 90, 91),
      span('n', 'r', 'negative', 105, 104),
      span('u', 'r', 'open', 106, null),
      span('x', 'y', 'x', 100, 101),
      span('y', 'x', 'y', 100, 101),
      span('r2', null, 'other root', 107, 108),
    ],
    120,
  );
  assert.deepEqual(
    findProblems(t, { id: '1-00000064-000000000000000000000000', notes: ['a document without an id'] }).map(
      (p) => p.kind,
    ),
    ['missing', 'circle', 'skew', 'negative', 'running', 'roots', 'notes'],
  );
});

test('a whole trace has no problems; an id without a time is told', () => {
  const t = buildTrace([span('r', null, 'r', 1795797352, 1795797353)], 0);
  assert.deepEqual(findProblems(t, { id: `1-${(1795797352).toString(16)}-000000000000000000000000` }), []);
  assert.deepEqual(
    findProblems(t, { id: '1-00000001-000000000000000000000000' }).map((p) => p.kind),
    ['id'],
  );
});
