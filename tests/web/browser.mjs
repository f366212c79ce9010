// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Debian's Chromium with a fresh profile, and what stories look at: errors of the page, axe-core, frames.
// SPAWN_WEB_MODULES is where tests/web/install put the packages.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { smallPng } from './small_png.mjs';

const modules = createRequire(join(process.env.SPAWN_WEB_MODULES, 'node_modules', '_'));
const { chromium } = modules('playwright-core');
const axe = readFileSync(modules.resolve('axe-core/axe.min.js'), 'utf8');

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
];

export const launch = () => chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });

// A page that fails the story when it has an error, asks another host for anything, or breaks its own
// Content-Security-Policy. `expected` are refusals of the server that the story asks for.
export async function openPage(browser, { expected = /^$/, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 860 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  page.problems = [];
  page.on('pageerror', (e) => page.problems.push(e.stack));
  page.on(
    'console',
    (m) =>
      ['error', 'warning'].includes(m.type()) &&
      !expected.test(`${m.text()} ${m.location().url}`) &&
      page.problems.push(`${m.text()} ${m.location().url}`),
  );
  page.on(
    'request',
    (r) =>
      !/^(http:\/\/127\.0\.0\.1:|blob:|file:\/\/\/.*\/exported-\d+\.html)/.test(r.url()) &&
      page.problems.push(`asked for ${r.url()}`),
  );
  return page;
}

// The page draws with the next frame: what a key did is there a moment later.
export async function counted(locator, isRight, what) {
  const deadline = Date.now() + 10_000;
  while (!isRight(await locator.count()) && Date.now() < deadline) await locator.page().waitForTimeout(20);
  assert.ok(isRight(await locator.count()), `${what}: there are ${await locator.count()}`);
}

export const noProblems = (page) => assert.deepEqual(page.problems, []);

// Every rule of axe-core. It is put in as a script of the browser, not of the page.
export async function accessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ['violations'] }),
  );
  assert.deepEqual(
    violations.map(
      (v) =>
        `${what}: ${v.id}: ${v.nodes
          .slice(0, 3)
          .map((n) => `${n.target} ${n.any.map((c) => c.message).join('; ')}`)
          .join(' | ')}`,
    ),
    [],
  );
}

export async function shot(page, name) {
  const to = process.env.SPAWN_SCREENSHOTS;
  if (!to) return;
  mkdirSync(to, { recursive: true });
  await page.mouse.move(2, 2);
  writeFileSync(join(to, `${name}.png`), smallPng(await page.screenshot({ animations: 'disabled' })));
}

// Seconds of processor time that the page's main thread needs for f: what others do on the machine does not
// change it.
export async function work(page, f) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () =>
    (await session.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value;
  const before = await spent();
  await f();
  const seconds = (await spent()) - before;
  await session.detach();
  return seconds;
}

// Scrolls for some frames. Gives frames a second as they were, and as the page's own work allows.
export async function scroll(page, selector, { frames = 120, by = 240 } = {}) {
  let seconds = 0;
  const spent = await work(page, async () => (seconds = await frame(page, selector, frames, by)));
  return { seen: frames / seconds, possible: frames / spent };
}

const frame = (page, ...what) =>
  page.evaluate(
    ([s, n, step]) =>
      new Promise((done) => {
        const node = document.querySelector(s);
        const began = performance.now();
        let left = n;
        const next = () => {
          node.scrollTop += step;
          if (--left > 0) requestAnimationFrame(next);
          else requestAnimationFrame(() => done((performance.now() - began) / 1000));
        };
        requestAnimationFrame(next);
      }),
    what,
  );
