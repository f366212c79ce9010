// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { curve, layoutGraph } from './graph_layout.js';

const graph = (text) => {
  const edges = text
    .split(' ')
    .map((e) => e.split('>'))
    .map(([from, to]) => ({ from, to }));
  const nodes = [...new Set(edges.flatMap((e) => [e.from, e.to]))].map((id) => ({ id, name: id }));
  return [nodes, edges];
};
const SIZE = { width: 100, height: 50, gapX: 50, gapY: 10 };

test('callers stand left of what they call, by the longest way', () => {
  const { nodes } = layoutGraph(...graph('client>web web>api api>db web>db'), SIZE);
  assert.deepEqual(
    ['client', 'web', 'api', 'db'].map((id) => nodes.get(id).column),
    [0, 1, 2, 3],
  );
});

test('the same graph gives the same picture, in whatever order it came', () => {
  const [nodes, edges] = graph(
    'client>web web>api web>auth api>db api>s3 auth>db api>queue queue>worker worker>s3',
  );
  const a = layoutGraph(nodes, edges, SIZE);
  const b = layoutGraph([...nodes].reverse(), [...edges].reverse(), SIZE);
  assert.deepEqual([...a.nodes].sort(), [...b.nodes].sort());
});

test('nodes of a column do not overlap', () => {
  const [nodes, edges] = graph('a>b a>c a>d a>e b>f c>f d>f e>f b>g c>g x>f y>g');
  const { nodes: placed, height } = layoutGraph(nodes, edges, SIZE);
  const list = [...placed.values()];
  for (const p of list) {
    assert.ok(p.y >= 0 && p.y + SIZE.height <= height);
    for (const q of list)
      if (p !== q && p.x === q.x) assert.ok(Math.abs(p.y - q.y) >= SIZE.height + SIZE.gapY - 1);
  }
});

test('circles and calls to oneself are drawn backwards, not endlessly', () => {
  const { nodes, edges } = layoutGraph(...graph('a>b b>c c>a b>b'), SIZE);
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => nodes.get(id).column),
    [0, 1, 2],
  );
  assert.deepEqual(
    edges.filter((e) => e.back).map((e) => `${e.from}>${e.to}`),
    ['b>b', 'c>a'],
  );
});

test('an edge over several columns passes between the nodes there', () => {
  const { nodes, edges } = layoutGraph(...graph('a>b b>c a>c'), SIZE);
  const long = edges.find((e) => e.from === 'a' && e.to === 'c');
  assert.equal(long.points.length, 3);
  const b = nodes.get('b');
  const [, y] = long.points[1];
  assert.ok(y < b.y || y > b.y + SIZE.height);
});

test('edges to what is not there are left out; nothing at all is fine', () => {
  assert.equal(layoutGraph([{ id: 'a', name: 'a' }], [{ from: 'a', to: 'gone' }], SIZE).edges.length, 0);
  assert.equal(layoutGraph([], [], SIZE).nodes.size, 0);
});

test('a curve goes through its points', () =>
  assert.equal(
    curve([
      [0, 0],
      [10, 20],
    ]),
    'M0,0C5,0 5,20 10,20',
  ));

test('a large graph is laid out too', () => {
  const nodes = Array.from({ length: 500 }, (_, i) => ({ id: String(i), name: `n${i}` }));
  const edges = Array.from({ length: 2000 }, (_, i) => ({
    from: String((i * 7) % 500),
    to: String((i * 13 + 5) % 500),
  }));
  assert.equal(layoutGraph(nodes, edges, SIZE).nodes.size, 500);
});
