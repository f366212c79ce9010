// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { extent, inView, scrollTo } from './rows.js';

test('at the top, the first rows and a few more are in view', () => {
  assert.deepEqual(inView(0, 100, 1000, 20, 4), { first: 0, last: 9, top: 0 });
});

test('in the middle a few more on both sides, drawn where they belong', () => {
  const v = inView(1010, 100, 1000, 20, 2);
  assert.deepEqual(v, { first: 48, last: 58, top: 960 });
});

test('the last row is reached at the end of the scroll bar', () => {
  const v = inView(1000 * 20 - 100, 100, 1000, 20, 0);
  assert.equal(v.last, 1000);
});

test('more rows than a browser can lay out still all come into view', () => {
  const [n, h, height] = [5_000_000, 24, 800];
  const all = extent(n, h);
  assert.ok(all < 33e6);
  assert.equal(inView(all - height, height, n, h, 0).last, n);
  assert.equal(inView(0, height, n, h, 0).first, 0);
  const middle = inView((all - height) / 2, height, n, h, 0);
  assert.ok(Math.abs(middle.first - n / 2) < 100);
  assert.ok(Math.abs(middle.top - (all - height) / 2) < h);
});

test('few rows, or none, are no trouble', () => {
  assert.deepEqual(inView(0, 500, 0, 20), { first: 0, last: 0, top: 0 });
  assert.equal(inView(900, 500, 3, 20).last, 3);
});

test('bringing a row into view moves as little as it takes', () => {
  assert.equal(scrollTo(10, 0, 500, 100, 20), 0);
  assert.equal(scrollTo(50, 0, 500, 100, 20), 51 * 20 - 500);
  assert.equal(scrollTo(10, 800, 500, 100, 20), 200);
  const to = scrollTo(4_999_999, 0, 800, 5_000_000, 24);
  assert.equal(inView(to, 800, 5_000_000, 24, 0).last, 5_000_000);
});
