// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The page of an exported trace: its view alone, with the same keys.
import * as api from './api.js';
import { showHelp } from './help.js';
import { formatRoute, parseRoute } from './route.js';
import { traceView } from './trace_view.js';

const main = document.getElementById('main');
const { id } = await api.trace();
const route = () => (location.hash ? parseRoute(location.hash) : { path: ['traces', id], query: {} });
const context = {
  alone: true,
  now: () => api.now,
  go: (path, query) => path[1] === id && (location.hash = formatRoute(path, query)),
  stay: (query) => history.replaceState(null, '', formatRoute(route().path, { ...route().query, ...query })),
  title: (text) => (document.title = text),
};
main.className = 'view-traces one';
const view = traceView(main, route(), context);
addEventListener('hashchange', () => view.update(route()));
document.addEventListener('keydown', (e) => {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || document.querySelector('dialog[open]'))
    return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
  if (e.key === '?') showHelp();
  else if (e.key === '/') main.querySelector('[data-search]')?.focus();
  else if (!view.key(e)) return;
  e.preventDefault();
});
