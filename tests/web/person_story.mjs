// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A job array looked at as a person would: list, filter, waterfall, error, map, array, comparison, live;
// once by mouse, once by keys alone. SPAWN_URL is the server's; without it, one with made traces.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { counted, launch, noProblems, openPage } from './browser.mjs';
import { startServer } from './made_server.mjs';

let browser;
let made;
let url;
before(async () => {
  made = process.env.SPAWN_URL ? null : await startServer({ huge: 10, hostile: 1000 });
  url = process.env.SPAWN_URL ?? made.url;
  browser = await launch();
});
after(async () => {
  await browser.close();
  made?.close();
});

const hash = (page) => new URL(page.url()).hash;

test('by mouse', async () => {
  const page = await openPage(browser);
  await page.goto(url);
  await page.locator('.grid [role=gridcell]').first().waitFor();

  // List → filter.
  await page
    .getByRole('combobox', { name: 'Filter expression' })
    .fill('annotation.spawn_job_array_id CONTAINS ""');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.locator('.summary', { hasText: /^1 trace/ }).waitFor();
  assert.match(hash(page), /filter=annotation/);

  // → waterfall → error.
  await page.locator('.grid .what a').first().click();
  await page.locator('.waterfall .name', { hasText: 'spawn launch' }).waitFor();
  await page.getByRole('button', { name: 'Next failure' }).click();
  await page.locator('.waterfall .current.failed').waitFor();
  await page.locator('.waterfall .current .name').click();
  const detail = page.getByRole('complementary', { name: 'Details of the span' });
  await detail.getByRole('heading').first().waitFor();
  assert.match(await detail.textContent(), /Fault|Error/);
  const id = /#\/traces\/([^?]+)/.exec(hash(page))[1];

  // Zoom by dragging over the minimap, and back.
  const map = await page.locator('.minimap').boundingBox();
  await page.mouse.move(map.x + map.width * 0.2, map.y + 10);
  await page.mouse.down();
  await page.mouse.move(map.x + map.width * 0.4, map.y + 20, { steps: 3 });
  await page.mouse.up();
  await page.locator('.minimap:not(.whole)').waitFor();
  await page.getByRole('button', { name: 'Whole' }).click();
  await page.locator('.minimap.whole').waitFor();

  // Its map, and a node's spans.
  await page.getByRole('tab', { name: 'Map' }).click();
  await page.locator('.node[aria-label^="spored"]').first().click();
  await page.locator('.waterfall .match').first().waitFor();

  // The service map → the traces of a node.
  await page.getByRole('link', { name: 'Service map' }).click();
  await page.locator('.node[aria-label^="spored"]').first().click();
  await page.locator('.grid [role=gridcell]').first().waitFor();
  assert.match(decodeURIComponent(hash(page)), /filter=service\("spored"\)/);

  // The array → a member.
  await page.getByRole('link', { name: 'Arrays' }).click();
  await page.locator('.data tbody a').first().click();
  await page.locator('.members [role=gridcell]').first().waitFor();
  await counted(page.locator('.members .rows [role=row]:visible'), (n) => n >= 3, 'members');
  await counted(page.locator('.members .rows .mark.fault'), (n) => n >= 1, 'members that failed');
  await page.getByRole('button', { name: 'Took' }).click();
  await page.locator('.members .rows .index a').first().click();
  await page.locator('.waterfall [role=gridcell]').first().waitFor();

  // Comparison of two marked traces.
  await page.goto(`${url}#/traces?timeRange=P1D`);
  await page.locator('.grid [role=gridcell]').first().waitFor();
  for (const i of [0, 1]) await page.locator('.grid .rows input[type=checkbox]').nth(i).check();
  await page.getByRole('link', { name: 'Compare 2 marked' }).click();
  await page.locator('.compare [role=gridcell]').first().waitFor();
  await page.locator('.verdict', { hasText: /B took/ }).waitFor();

  // A deep link to a span, and live.
  await page.goto(`${url}#/traces/${id}`);
  await page.locator('.waterfall [role=gridcell]').first().waitFor();
  await page.getByRole('link', { name: 'Live' }).click();
  await page.locator('.connection.open').waitFor();
  noProblems(page);
  await page.context().close();
});

test('by keys alone', async () => {
  const page = await openPage(browser);
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await page.goto(url);
  await page.locator('.grid [role=gridcell]').first().waitFor();

  await press('/');
  await page.keyboard.type('annotation.spawn_job_array_id CONTAINS ""');
  await press('Enter', 'Escape');
  await page.locator('.summary', { hasText: /^1 trace/ }).waitFor();
  await press('ArrowDown', 'Enter');
  await page.locator('.waterfall .name', { hasText: 'spawn launch' }).waitFor();
  await press('e', 'Enter');
  await page.locator('.waterfall .current.failed').waitFor();
  await page.locator('.detail header').waitFor();
  await press('Escape');
  await page.locator('.detail').waitFor({ state: 'hidden' });
  const rows = () => page.locator('.waterfall').getAttribute('aria-rowcount').then(Number);
  const all = await rows();
  await press('Home', 'ArrowLeft');
  assert.equal(await rows(), 2);
  await press('ArrowRight');
  assert.equal(await rows(), all);
  await press('z', '0', '/');
  await page.keyboard.type('spored');
  await press('Enter', 'Escape', 'h');
  await counted(page.locator('.waterfall .match'), (n) => n >= 1, 'matches');
  await press('2');
  await page.locator('.node').first().waitFor();
  await press('3');
  await page.locator('.data tbody tr').first().waitFor();
  await press('4');
  await page.locator('.json').first().waitFor();

  await press('g', 'm');
  await page.locator('.node').first().waitFor();
  for (
    let i = 0;
    i < 60 &&
    !(await page.evaluate(() => document.activeElement.getAttribute('aria-label')?.startsWith('spored,')));
    i++
  )
    await press('Tab');
  await press('Enter');
  await page.locator('.grid [role=gridcell]').first().waitFor();
  assert.match(decodeURIComponent(hash(page)), /service\("spored"\)/);

  await press('g', 'a');
  await page.locator('.data tbody a').first().waitFor();
  for (
    let i = 0;
    i < 30 && !(await page.evaluate(() => document.activeElement.matches('.data tbody a')));
    i++
  )
    await press('Tab');
  await press('Enter');
  await page.locator('.members [role=gridcell]').first().waitFor();
  await press('ArrowDown', 'ArrowDown', 'Enter');
  await page.locator('.waterfall [role=gridcell]').first().waitFor();

  await press('g', 't');
  // Those of the list: the view before it has a grid, too.
  await counted(page.locator('.grid .rows input[type=checkbox]'), (n) => n >= 2, 'traces to mark');
  await page.locator('.grid .current').waitFor();
  await press('ArrowDown', 'x', 'ArrowDown', 'x', 'c');
  await page.locator('.compare [role=gridcell]').first().waitFor();
  await press('g', 'l');
  await page.locator('.connection.open').waitFor();
  await press('?');
  await page.getByRole('dialog').waitFor();
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  noProblems(page);
  await page.context().close();
});
