// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace as one HTML file, the way `spawn trace export --format html` fills web/export.html.
import { readFileSync, readdirSync } from 'node:fs';

const web = new URL('../../web/', import.meta.url);
const text = (name) => readFileSync(new URL(name, web), 'utf8');
const json = (value) => JSON.stringify(value).replaceAll('<', '\\u003c');

export function exported(trace, graph) {
  const modules = Object.fromEntries(
    readdirSync(web)
      .filter((f) => f.endsWith('.js') && !f.endsWith('_test.js'))
      .map((f) => [f, text(f)]),
  );
  const marks = {
    style: text('style.css'),
    data: json({ trace, graph, now: Date.now() / 1000 }),
    modules: json(modules),
    loader: text('export_loader.js'),
  };
  return text('export.html').replace(/\{\{(\w+)\}\}/g, (_, mark) => marks[mark]);
}
