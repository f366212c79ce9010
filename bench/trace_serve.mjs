#!/usr/bin/env node
// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What `spawn trace serve` does with many traces: a real server is filled through PutTraceSegments and asked
// by real requests, commands and Chromium. Prints what it found beside what it is to come to, as a table of
// docs/guide/local-x-ray.md; nothing here fails for being slow.
//
//   bench/trace_serve.mjs BUILD_DIR [TRACES]    100,000 traces of 20 spans, all of the last hour
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { documentPerSegment, documentPerSpan, SPANS } from './shop_documents.mjs';

const build = resolve(process.argv[2] ?? 'build/release');
const traces = Number(process.argv[3] ?? 100_000);
const program = join(build, 'apps/spawn');
const top = resolve(import.meta.dirname, '..');
// For the commands that ask the server as they would ask X-Ray.
Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example', AWS_REGION: 'eu-west-1' });
process.env.SPAWN_WEB_MODULES ??= join(build, 'tests/web');
execFileSync(join(top, 'tests/web/install'), [process.env.SPAWN_WEB_MODULES]);
const { launch, openPage, work } = await import('../tests/web/browser.mjs');

const folder = mkdtempSync(join(tmpdir(), 'spawn-bench.'));
const db = join(folder, 'state/spawn/traces.db'); // where `--from local` looks
const now = Date.now() / 1000;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

async function serve() {
  const child = spawn(program, ['trace', 'serve', '--port', '0', '--no-udp', '--no-otlp', '--db', db], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const piece of child.stdout) {
    text += piece;
    const url = text.match(/AWS_ENDPOINT_URL_XRAY=(\S+)/)?.[1];
    if (url) return { child, url };
  }
  throw new Error('spawn trace serve ended');
}

const call = (url, path, body) =>
  new Promise((done, failed) => {
    const asked = request(url + path, { agent, method: body ? 'POST' : 'GET' }, (reply) => {
      const pieces = [];
      reply.on('data', (piece) => pieces.push(piece));
      reply.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        if (reply.statusCode === 200) done(text);
        else failed(new Error(`${path}: ${reply.statusCode} ${text}`));
      });
    });
    asked.on('error', failed);
    asked.end(body);
  });

const seconds = async (f) => {
  const began = performance.now();
  await f();
  return (performance.now() - began) / 1000;
};
const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const ms = async (f, times = 5) => {
  const took = [];
  for (let i = 0; i < times; i++) took.push((await seconds(f)) * 1000);
  return median(took);
};

// Seconds of processor time, all threads.
function processor(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
// Until all digests are made.
async function idle(pid) {
  for (let before = -1; before !== processor(pid); ) {
    before = processor(pid);
    await new Promise((done) => setTimeout(done, 5000));
  }
}

// Sends count traces, four calls at a time. Requests are made beforehand, some hundreds at a time; only
// sending counts as time.
async function fill({ child, url }, first, count, documentsOf) {
  let wall = 0;
  const before = processor(child.pid);
  for (let done = 0; done < count; done += 1000) {
    const bodies = [];
    let documents = [];
    const flush = () => {
      if (documents.length) bodies.push(JSON.stringify({ TraceSegmentDocuments: documents }));
      documents = [];
    };
    for (let i = first + done; i < first + Math.min(done + 1000, count); i++) {
      for (const document of documentsOf(i, now - 3500 + (3400 * i) / traces)) {
        documents.push(document);
        if (documents.length === 50) flush();
      }
    }
    flush();
    const left = bodies[Symbol.iterator]();
    const send = async () => {
      for (const body of left) {
        const { UnprocessedTraceSegments: refused } = JSON.parse(await call(url, '/TraceSegments', body));
        if (refused.length) throw new Error(`refused: ${JSON.stringify(refused[0])}`);
      }
    };
    wall += await seconds(() => Promise.all([send(), send(), send(), send()]));
  }
  await idle(child.pid);
  return { wall: (count * SPANS) / wall, cpu: (count * SPANS) / (processor(child.pid) - before) };
}

const hour = { StartTime: now - 3600, EndTime: now };
const summaries = (url, more) => call(url, '/TraceSummaries', JSON.stringify({ ...hour, ...more }));
async function allSummaries(url, more) {
  let NextToken;
  do NextToken = JSON.parse(await summaries(url, { ...more, NextToken })).NextToken;
  while (NextToken);
}

// Opens the list in a fresh window, which makes Chromium start a process for it, and once more in the same one;
// filters in it then: milliseconds until the first row is on the screen, and what of them, when it is opened once
// more, is the page's own work (work() in tests/web/browser.mjs), which others on the machine do not change.
async function firstPaint(browser, url) {
  const page = await openPage(browser);
  await page.addInitScript(() => {
    globalThis.painted = (is) =>
      new Promise((done) => {
        const look = () => requestAnimationFrame(is() ? () => done(performance.now()) : look);
        look();
      });
    globalThis.opened = globalThis.painted(() => document.querySelector('.grid [role=gridcell]'));
  });
  await page.goto(`${url}/#/traces`);
  const took = await page.evaluate(() => globalThis.opened);
  let again = 0;
  const own = await work(page, async () => {
    await page.reload();
    again = await page.evaluate(() => globalThis.opened);
  });
  return { page, took, again, own: own * 1000 };
}

const filterIn = (page, filter) =>
  page.evaluate(async (text) => {
    const summary = () => document.querySelector('.summary').textContent;
    const [began, before] = [performance.now(), summary()];
    location.hash = `#/traces?filter=${encodeURIComponent(text)}`;
    return (await globalThis.painted(() => summary() !== before)) - began;
  }, filter);

const rows = [];
function say(what, measured, aim = '') {
  rows.push(`| ${what} | ${measured} | ${aim} |`);
  console.error(rows.at(-1));
}
const whole = (n) => Math.round(n).toLocaleString('en-US');

const server = await serve();
const { url, child } = server;
try {
  const ways = [
    ['a document a span', documentPerSpan],
    ['a document a segment', documentPerSegment],
  ];
  for (const [i, [name, documentsOf]] of ways.entries()) {
    const got = await fill(server, (i * traces) / 2, traces / 2, documentsOf);
    say(`ingest, ${name}: end to end`, `${whole(got.wall)} spans/s`, '≥ 30,000 spans/s');
    say(`ingest, ${name}: the server alone, digests included`, `${whole(got.cpu)} spans a second of processor`);
  }
  say('the file', `${whole(statSync(db).size / 2 ** 20)} MiB`);

  const filters = [
    ['no filter', ''],
    ['`fault`', 'fault'],
    ['`service("api") AND responsetime > 1`', 'service("api") AND responsetime > 1'],
    ['`annotation.customer = "c7"`', 'annotation.customer = "c7"'],
    ['a filter that nothing matches', 'annotation.none = 1'],
  ];
  for (const [name, FilterExpression] of filters) {
    const first = await ms(() => summaries(url, { FilterExpression }));
    const all = await ms(() => allSummaries(url, { FilterExpression }), 1);
    say(`GetTraceSummaries, ${name}: first page; all pages`, `${whole(first)} ms; ${whole(all)} ms`, '≤ 300 ms');
  }
  say('GetServiceGraph of the hour', `${whole(await ms(() => call(url, '/ServiceGraph', JSON.stringify(hour))))} ms`, '≤ 1,000 ms');
  say('the same, by the page', `${whole(await ms(() => call(url, `/api/graph?start=${hour.StartTime}&end=${hour.EndTime}`)))} ms`, '≤ 1,000 ms');

  const browser = await launch();
  const opened = [];
  for (let i = 0; i < 5; i++) opened.push(await firstPaint(browser, url));
  const [took, again, own] = ['took', 'again', 'own'].map((key) => whole(median(opened.map((one) => one[key]))));
  say('the page opens with the list: first paint', `${again} ms, of which ${own} ms its own work`, '≤ 300 ms');
  say('the same in a fresh window, for which Chromium starts a process', `${took} ms`);
  for (const [name, filter] of filters.slice(1, 4)) {
    const each = [];
    for (const { page } of opened) each.push(await filterIn(page, filter));
    say(`the page's list, ${name} entered: first paint`, `${whole(median(each))} ms`, '≤ 300 ms');
  }
  await browser.close();

  const command = (...words) => execFileSync(program, ['trace', ...words], { maxBuffer: 2 ** 30, env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') } });
  for (const [name, words] of [
    ['`spawn trace list fault --quiet` from the server', ['fault', '--quiet', '--endpoint', url]],
    ['`spawn trace list --quiet` from the server', ['--quiet', '--endpoint', url]],
    ['`spawn trace list --from local`', ['--from', 'local']],
  ]) {
    let listed = '';
    const took = await seconds(async () => (listed = command('list', '--since', '2h', '--output', 'text', ...words)));
    say(name, `${whole(String(listed).split('\n').length - 1)} traces in ${took.toFixed(1)} s`);
  }
  for (const name of ['map', 'cost']) {
    const took = await seconds(async () => command(name, '--since', '2h', '--from', 'local'));
    say(`\`spawn trace ${name} --from local\``, `${whole(traces)} traces in ${took.toFixed(1)} s`);
  }
} finally {
  child.kill();
  rmSync(folder, { recursive: true });
}
console.log(['| what | measured | to come to |', '|---|---|---|', ...rows].join('\n'));
