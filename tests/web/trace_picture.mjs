// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A picture of one trace for the guide: SPAWN_URL is the server's, SPAWN_TRACE the trace's id, the argument
// the picture's name in SPAWN_SCREENSHOTS.
import { launch, noProblems, openPage, shot } from './browser.mjs';

const browser = await launch();
const page = await openPage(browser, { viewport: { width: 1200, height: 560 } });
await page.goto(`${process.env.SPAWN_URL}/#/traces/${process.env.SPAWN_TRACE}`);
await page.locator('.waterfall [role=gridcell]').first().waitFor();
await shot(page, process.argv[2]);
noProblems(page);
await browser.close();
