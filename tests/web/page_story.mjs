// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The page over made traces: what no real program sends on demand. Hostile names, broken traces, 50,000
// spans, refusals, a server that goes away; every view in both themes under axe-core. The pictures of the
// guide are taken here.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { accessible, counted, launch, noProblems, openPage, scroll, shot, work } from './browser.mjs';
import { exported } from './export.mjs';
import { graphOf, startServer } from './made_server.mjs';
import { Maker, shopTrace } from './made_traces.mjs';

let server;
let browser;
before(async () => {
  server = await startServer();
  browser = await launch();
});
after(async () => {
  await browser.close();
  server.close();
});
const at = (hash) => `${server.url}#/${hash}`;

test('every view, in light and dark, is without a violation of axe-core', async () => {
  const { array, broken } = server.named;
  const bad = server.all.find((m) => m.spans.some((s) => s.cause));
  const slow = server.all.find((m) => m.spans[0].end - m.spans[0].start > 0.8);
  const [a, b] = [server.all.find((m) => m !== slow && m.spans[0].name === slow.spans[0].name), slow];
  const views = [
    ['list', 'traces', '.grid [role=gridcell]'],
    ['trace', `traces/${array.id}`, '.waterfall [role=gridcell]'],
    ['details', `traces/${bad.id}?span=${bad.spans.find((s) => s.cause).id}`, '.waterfall [role=gridcell]'],
    ['trace-map', `traces/${array.id}/map`, '.node'],
    ['table', `traces/${array.id}/table`, '.data tbody tr'],
    ['raw', `traces/${broken.id}/raw`, '.json'],
    ['map', 'service-map', '.node'],
    ['arrays', 'arrays', '.data tbody tr'],
    ['array', `arrays/${array.array}`, '.members [role=gridcell]'],
    ['compare', `compare?a=${a.id}&b=${b.id}`, '.compare [role=gridcell]'],
    ['live', 'live', '.tail [role=gridcell]'],
  ];
  for (const colorScheme of ['light', 'dark']) {
    const page = await openPage(browser, { colorScheme, reducedMotion: 'reduce' });
    for (const [name, hash, ready] of views) {
      if (name === 'live') makeLive();
      await page.goto(at(hash));
      await page.locator(ready).first().waitFor();
      if (name === 'details') {
        await page.keyboard.press('Enter');
        await page.locator('.detail .exception').first().waitFor();
      }
      if (name === 'list') await page.locator('.scatter canvas').waitFor();
      await accessible(page, `${name} ${colorScheme}`);
      if (colorScheme === (name === 'live' ? 'dark' : 'light')) await shot(page, name);
      if (name === 'trace' && colorScheme === 'dark') await shot(page, 'trace-dark');
    }
    await page.keyboard.press('?');
    await page.locator('dialog').waitFor();
    await accessible(page, `help ${colorScheme}`);
    await page.keyboard.press('Escape');
    assert.equal(
      await page.evaluate(() => document.getAnimations().length),
      0,
      'nothing moves where less motion is wished for',
    );
    noProblems(page);
    await page.context().close();
  }
});

// Some that ended and some that run.
function makeLive() {
  const now = Date.now() / 1000;
  for (let i = 0; i < 12; i++) server.add(shopTrace(880000 + i, now - 3 - i * 7));
  for (const [i, age] of [12, 48, 95].entries()) {
    const running = new Maker(870000 + i, now - age);
    running.span(null, 'spored', `job ${['render', 'train', 'index'][i]}`, now - age, null);
    server.add(running);
  }
}

test('hostile names are text: no markup, no turned direction, no 10 MB on the screen', async () => {
  const page = await openPage(browser);
  for (const hash of [
    'traces?timeRange=PT1H',
    `traces/${server.named.hostile.id}`,
    `traces/${server.named.hostile.id}/table`,
    `traces/${server.named.hostile.id}/raw`,
    `traces/${server.named.hostile.id}/map`,
  ]) {
    await page.goto(at(hash));
    await page.locator('.grid [role=gridcell], .data tbody tr, .json, .node').first().waitFor();
    assert.equal(await page.locator('main img, main script, main b > script').count(), 0, hash);
    assert.doesNotMatch(await page.title(), /^owned/);
    assert.ok((await page.evaluate(() => document.body.textContent.length)) < 1_000_000, hash);
  }
  await page.goto(at(`traces/${server.named.hostile.id}`));
  await page.locator('.waterfall [role=gridcell]').first().waitFor();
  const names = await page.locator('.waterfall .rows .name').allTextContents();
  assert.ok(
    names.some((n) => n.includes('\\u{202e}\\u{2066}reversed')),
    names.join('\n'),
  );
  assert.ok(names.every((n) => n.length <= 300));
  for (let i = 0; i < names.length; i++) {
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.detail img, .detail script').count(), 0);
    await page.keyboard.press('Escape');
  }
  assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
  noProblems(page);
  await page.context().close();
});

test('a broken trace says why, and leads to the places', async () => {
  const page = await openPage(browser);
  await page.goto(at(`traces/${server.named.broken.id}`));
  const box = page.locator('.problems details');
  await box.locator('summary').click();
  const text = await box.textContent();
  for (const part of [
    '2 spans without their parent',
    '1 circle of parents',
    'Clocks differ by 3.2 s',
    'ended before it began',
    '1 span not finished',
    '1 part could not be read',
  ])
    assert.ok(text.includes(part), `${part} in ${text}`);
  await box.getByRole('button', { name: 'Show: 2 spans without their parent' }).click();
  assert.match(
    await page.locator('.waterfall .current').textContent(),
    /orphan of a killed program.*parent missing/,
  );
  await shot(page, 'broken');
  noProblems(page);
  await page.context().close();
});

test('50,000 spans open and scroll; how fast is printed', async () => {
  const page = await openPage(browser);
  await page.goto(at('traces'));
  await page.locator('.grid [role=gridcell]').first().waitFor();
  await page.goto(at(`traces/${server.named.huge.id}`));
  await page.locator('#main[data-opened]').waitFor();
  // Once more, with the code compiled.
  await page.goto(at('traces'));
  await page.locator('.grid [role=gridcell]').first().waitFor();
  const opening = await work(page, async () => {
    await page.goto(at(`traces/${server.named.huge.id}`));
    await page.locator('#main[data-opened] .waterfall .current').waitFor();
  });
  const opened = Number(await page.locator('#main').getAttribute('data-opened'));
  const { seen, possible } = await scroll(page, '.waterfall');
  assert.ok(
    (await page.locator('.waterfall .rows [role=row]').count()) < 100,
    'only rows in view are elements',
  );
  await page.keyboard.press('End');
  await page.locator('.waterfall .current').waitFor();
  assert.equal(await page.locator('.waterfall .current').getAttribute('aria-rowindex'), '50001');
  console.log(
    `50,000 spans: opened in ${opened} ms, of which ${(opening * 1000).toFixed(0)} ms the page's own work; scrolled at ${seen.toFixed(0)} frames/s, the page's own work allows ${possible.toFixed(0)}`,
  );
  await page.keyboard.press('e');
  await page.locator('.waterfall .current .mark.fault').waitFor();
  await page.keyboard.type('[');
  await counted(page.locator('.waterfall .rows [role=row]:visible'), (n) => n === 1, 'rows once all are folded');
  noProblems(page);
  await page.context().close();
});

test('the names of deep spans are seen, and how deep they are', async () => {
  const m = new Maker(991001, Date.now() / 1000 - 100);
  let parent = null;
  for (let i = 0; i < 60; i++) parent = m.span(parent, 'shop', `call ${i}`, Date.now() / 1000 - 100 + i / 100, 1);
  server.add(m);
  const page = await openPage(browser);
  for (const width of [1400, 600]) {
    await page.setViewportSize({ width, height: 860 });
    await page.goto(at(`traces/${m.id}`));
    await page.locator('.waterfall [role=gridcell]').first().waitFor();
    await page.keyboard.press('End');
    const row = page.locator('.waterfall .cells', { hasText: 'call 59' });
    await row.waitFor();
    const [cell, name] = [row.locator('.cell.span'), row.locator('.name')];
    const [outer, inner] = [await cell.boundingBox(), await name.boundingBox()];
    assert.ok(inner.x + 40 <= outer.x + outer.width, `the name is at ${inner.x} of ${outer.width}`);
    if (width === 1400) assert.match(await row.locator('.more').innerText(), /level 60/);
    await page.goto(at('traces'));
  }
  noProblems(page);
  await page.context().close();
});

test('Enter opens the details of the first span at once', async () => {
  const page = await openPage(browser);
  await page.goto(at(`traces/${server.named.running.id}`));
  await page.locator('.waterfall [role=gridcell]').first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.detail h2', { hasText: 'job render' }).waitFor();
  noProblems(page);
  await page.context().close();
});

test('a running trace grows by itself, and ends when its end arrives', async () => {
  const page = await openPage(browser);
  const now = Date.now() / 1000;
  const live = new Maker(77, now - 5);
  const root = live.span(null, 'spored', 'job', now - 5, null);
  server.add(live);
  await page.goto(at(`traces/${live.id}`));
  const bar = page.locator('.waterfall .rows .took').first();
  await bar.filter({ hasText: '…' }).waitFor();
  const before = await bar.textContent();
  await page.waitForFunction(
    (old) => document.querySelector('.waterfall .rows .took').textContent !== old,
    before,
  );
  live.span(root, 'spored', 'a new child', now - 1, 0.5);
  server.send(live);
  await page.locator('.waterfall .name', { hasText: 'a new child' }).waitFor();
  root.end = now + 1;
  server.send(live);
  await bar.filter({ hasText: /^6 s$/ }).waitFor();
  await counted(page.locator('.mark.running'), (n) => n === 0, 'running spans at the end');
  noProblems(page);
  await page.context().close();
});

test('the live view shows what comes, can be paused, and says when the connection is gone', async () => {
  const own = await startServer({ huge: 10, hostile: 10 });
  const page = await openPage(browser, { expected: /ERR_|api\/live/ });
  await page.goto(`${own.url}#/live`);
  await page.locator('.connection.open').waitFor();
  const fresh = shopTrace(990001, Date.now() / 1000 - 1);
  own.add(fresh);
  await page.locator(`a[href="#/traces/${fresh.id}"]`).waitFor();
  await page.keyboard.press('Space');
  own.add(shopTrace(990002, Date.now() / 1000 - 1));
  await page.locator('.connection', { hasText: '1 change waiting' }).waitFor();
  own.close();
  await page.locator('.connection.lost').waitFor();
  await page.goto(`${own.url}#/traces`).catch(() => {});
  noProblems(page);
  await page.context().close();
});

test('an exported trace is one file that needs no server', async () => {
  const { array, hostile } = server.named;
  const file = join(tmpdir(), `exported-${process.pid}.html`);
  const short = { ...hostile, spans: hostile.spans.filter((s) => s.name.length < 10000) };
  for (const m of [array, short]) {
    writeFileSync(file, exported({ id: m.id, spans: m.spans, notes: [], resources: [] }, graphOf([m])));
    const page = await openPage(browser);
    await page.goto(`file://${file}`);
    await page.locator('.waterfall [role=gridcell]').first().waitFor();
    await page.keyboard.press('e');
    await page.locator('.waterfall .current.failed').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.detail header').waitFor();
    await accessible(page, 'exported');
    await page.keyboard.press('Escape');
    await page.keyboard.press('2');
    await page.locator('.node').first().waitFor();
    assert.doesNotMatch(await page.title(), /^owned/);
    noProblems(page);
    await page.context().close();
  }
  rmSync(file);
});

test('a typo in the filter is shown where it is; what is not there is said', async () => {
  const page = await openPage(browser, { expected: /status of 40[04]/ });
  await page.goto(at('traces'));
  await page.locator('.grid [role=gridcell]').first().waitFor();
  await page.getByRole('combobox', { name: 'Filter expression' }).fill('duration = = 3');
  await page.keyboard.press('Enter');
  await page.locator('.typo:not([hidden])').waitFor();
  assert.equal(await page.locator('.typo mark').textContent(), '=');
  assert.match(await page.locator('.typo').textContent(), /at character 12/);
  await accessible(page, 'typo');
  await shot(page, 'typo');
  await page.getByRole('combobox', { name: 'Filter expression' }).fill('service("nobody")');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'No trace matches' }).waitFor();
  await accessible(page, 'nothing found');
  await page.goto(at('traces?timeRange=2020-01-01T00:00:00Z~2020-01-02T00:00:00Z'));
  await page.getByText('spawn trace run --exporter otlp -- aws s3 ls').waitFor();
  await page.goto(at('traces/1-00000000-000000000000000000000000'));
  await page.getByRole('heading', { name: 'Not here' }).waitFor();
  await page.goto(at('nowhere'));
  await page.getByRole('heading', { name: 'No such page' }).waitFor();
  await accessible(page, 'no such page');
  noProblems(page);
  await page.context().close();
});

test('in a window of 320 pixels, or at a large zoom, no view is wider than the window', async () => {
  const { array, broken } = server.named;
  const [a, b] = server.all;
  const page = await openPage(browser, { viewport: { width: 320, height: 800 } });
  for (const [hash, ready] of [
    ['traces', '.grid [role=gridcell]'],
    [`traces/${broken.id}`, '.waterfall [role=gridcell]'],
    ['service-map', '.node'],
    [`arrays/${array.array}`, '.members [role=gridcell]'],
    [`compare?a=${a.id}&b=${b.id}`, '.compare [role=gridcell]'],
    ['live', '.connection.open'],
  ]) {
    await page.goto(at(hash));
    await page.locator(ready).first().waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, hash);
  }
  noProblems(page);
  await page.context().close();
});

test('a trace id in place of a filter opens the trace', async () => {
  const { id } = server.named.running;
  const page = await openPage(browser);
  for (const written of [id, ` ${id.slice(2).replace('-', '').toUpperCase()}`]) {
    await page.goto(at('service-map'));
    await page.getByRole('combobox', { name: 'Filter expression' }).fill(written);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'job render' }).waitFor();
  }
  noProblems(page);
  await page.context().close();
});

test('a view that cannot be fetched is said, and fetched when it is asked for again', async () => {
  const page = await openPage(browser, { expected: /ERR_FAILED/ });
  await page.goto(at('traces'));
  await page.locator('.grid [role=gridcell]').first().waitFor();
  await page.route('**/map_view.js', (route) => route.abort());
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.getByRole('heading', { name: 'This part of the page could not be fetched' }).waitFor();
  await accessible(page, 'not fetched');
  await page.unroute('**/map_view.js');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('.node').first().waitFor();
  noProblems(page);
  await page.context().close();
});

test('a page that was open before an upgrade goes on with the new one', async () => {
  const own = await startServer({ huge: 10, hostile: 10 });
  const page = await openPage(browser, { expected: /status of 404/ });
  await page.goto(`${own.url}#/traces`);
  await page.locator('.grid [role=gridcell]').first().waitFor();
  own.upgrade();
  await page.keyboard.press('?');
  await page.getByText('The keys could not be fetched: load the page again').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('.node').first().waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  noProblems(page);
  await page.context().close();
  own.close();
});

test('a view that fails late leaves alone what is looked at by then', async () => {
  const page = await openPage(browser, { expected: /ERR_FAILED/ });
  await page.goto(at('traces'));
  await page.locator('.grid [role=gridcell]').first().waitFor();
  let take;
  const asked = new Promise((done) => (take = done));
  await page.route('**/map_view.js', take);
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  const held = await asked;
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.locator('.grid [role=gridcell]').first().waitFor();
  const failed = page.waitForEvent('requestfailed');
  await held.abort();
  await failed;
  await page.locator('.grid [role=gridcell]').first().waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  noProblems(page);
  await page.context().close();
});

test('keys that are asked for twice while they are fetched come once', async () => {
  const page = await openPage(browser);
  await page.goto(at('traces'));
  await page.locator('.grid [role=gridcell]').first().waitFor();
  let release;
  const released = new Promise((done) => (release = done));
  await page.route('**/help.js', async (route) => {
    await released;
    await route.continue();
  });
  const asked = page.waitForRequest('**/help.js');
  await page.keyboard.press('?');
  await page.keyboard.press('?');
  await asked;
  release();
  await page.getByRole('dialog').waitFor();
  assert.equal(await page.locator('dialog').count(), 1);
  noProblems(page);
  await page.context().close();
});

test('how many traces could not be read, and why, is said beside those that could', async () => {
  const own = await startServer({ huge: 10, hostile: 10 });
  const page = await openPage(browser);
  await page.goto(`${own.url}#/traces`);
  await page.locator('.grid [role=gridcell]').first().waitFor();
  assert.equal(await page.getByText('could not be read').count(), 0);
  own.damage('its spans are damaged');
  await page.keyboard.press('r');
  // One on each of the two pages that the list is read in.
  await page.getByText('2 traces could not be read: its spans are damaged').waitFor();
  await page.locator('.grid [role=gridcell]').first().waitFor();
  await accessible(page, 'some not read');
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.getByText('1 trace could not be read: its spans are damaged').waitFor();
  await page.locator('.node').first().waitFor();
  noProblems(page);
  await page.context().close();
  own.close();
});
