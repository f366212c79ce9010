// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// start.js asks what the list would ask, letter by letter: else it is asked twice.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { runInNewContext } from 'node:vm';
import * as api from './api.js';
import { parseRoute, timeRange } from './route.js';

const source = readFileSync(new URL('start.js', import.meta.url), 'utf8');

// What is asked for by the time that the list of this address has its answer.
async function askedFor(hash) {
  const asked = [];
  globalThis.fetch = async (url) => {
    asked.push(url);
    return { ok: true, json: async () => ({ traces: [], next: null }) };
  };
  const page = { location: { hash }, fetch, URLSearchParams, localStorage: { getItem: () => null } };
  runInNewContext(source, page);
  const early = asked.length;
  globalThis.early = page.early;
  const { filter, timeRange: text } = parseRoute(hash).query;
  const range = timeRange(text, api.now());
  await api.traces({ filter, start: range.start, end: range.end, limit: 1000 });
  return { early, all: asked.length };
}

test('the list of the usual time is asked for once, before the modules', async () => {
  for (const hash of ['', '#/traces', '#/traces?filter=service(%22a%26b%22)%20AND%20duration%20%3E%201%3F'])
    assert.deepEqual(await askedFor(hash), { early: 1, all: 1 }, hash);
});

test('another time is left to the list', async () => {
  assert.deepEqual(await askedFor('#/traces?timeRange=PT6H'), { early: 0, all: 1 });
});

test('other views ask for themselves', async () => {
  assert.equal((await askedFor('#/traces/1-69573385-a1b2c3d4e5f60718293a4b5c')).early, 0);
  assert.equal((await askedFor('#/arrays')).early, 0);
});

test('an answer is taken once', async () => {
  await askedFor('#/traces');
  assert.equal(globalThis.early, undefined);
});
