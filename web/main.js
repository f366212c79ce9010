// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The page: which view an address shows, the keys that work everywhere, theme and help.
import * as api from './api.js';
import { arraysView, arrayView } from './array_view.js';
import { compareView } from './compare_view.js';
import { button, el, errorState, replace } from './dom.js';
import { showHelp } from './help.js';
import { listView } from './list_view.js';
import { liveView } from './live_view.js';
import { mapView } from './map_view.js';
import { formatRoute, parseRoute } from './route.js';
import { traceView } from './trace_view.js';

const main = document.getElementById('main');
const VIEWS = [
  ['traces', 'Traces', 't', '#/traces'],
  ['service-map', 'Service map', 'm', '#/service-map'],
  ['arrays', 'Arrays', 'a', '#/arrays'],
  ['compare', 'Compare', 'c', '#/compare'],
  ['live', 'Live', 'l', '#/live'],
];
let view = null;
let shown = '';
let pendingG = 0;

function viewFor({ path }) {
  const [head, id] = path;
  if (head === 'traces') return id ? [`trace ${id}`, traceView] : ['traces', listView];
  if (head === 'service-map') return ['service-map', mapView];
  if (head === 'arrays') return id ? [`array ${id}`, arrayView] : ['arrays', arraysView];
  if (head === 'compare') return ['compare', compareView];
  if (head === 'live') return ['live', liveView];
  return null;
}

// The context a view gets: go(path, query) goes there, stay(query) changes the query of this address.
const context = {
  go: (path, query) => (location.hash = formatRoute(path, query)),
  stay: (query) => {
    const route = parseRoute(location.hash);
    history.replaceState(null, '', formatRoute(route.path, { ...route.query, ...query }));
  },
  title: (text) => (document.title = text ? `${text} · spawn traces` : 'spawn traces'),
  route: () => parseRoute(location.hash),
};

function show() {
  const route = parseRoute(location.hash);
  for (const a of document.querySelectorAll('#views a')) {
    if (a.dataset.view === route.path[0]) a.setAttribute('aria-current', 'page');
    else a.removeAttribute('aria-current');
  }
  const found = viewFor(route);
  if (!found) {
    view?.destroy?.();
    [view, shown] = [null, ''];
    replace(main, errorState({ title: 'No such page', message: `There is nothing at ${location.hash}` }));
    return;
  }
  const [key, make] = found;
  if (key === shown && view?.update) {
    view.update(route);
    return;
  }
  view?.destroy?.();
  shown = key;
  replace(main);
  main.className = `view-${route.path[0]}${route.path[1] ? ' one' : ''}`;
  view = make(main, route, context);
}

function onKey(e) {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey) return;
  if (document.querySelector('dialog[open]')) return;
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || e.target.isContentEditable;
  if (typing) {
    if (e.key === 'Escape') e.target.blur();
    return;
  }
  if (pendingG && e.timeStamp - pendingG < 1500) {
    pendingG = 0;
    const to = VIEWS.find((v) => v[2] === e.key);
    if (to) {
      location.hash = to[3];
      e.preventDefault();
      return;
    }
  }
  if (e.key === 'g') pendingG = e.timeStamp;
  else if (e.key === '?') showHelp();
  else if (e.key === 'T') toggleTheme();
  else if (e.key === '/') main.querySelector('[data-search]')?.focus();
  else if (!view?.key?.(e)) return;
  e.preventDefault();
}

function toggleTheme() {
  const root = document.documentElement;
  const dark =
    (root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) ===
    'dark';
  root.dataset.theme = dark ? 'light' : 'dark';
  try {
    localStorage.setItem('theme', root.dataset.theme);
  } catch {
    // Kept for this page only.
  }
  view?.repaint?.();
}

replace(
  document.getElementById('views'),
  VIEWS.map(([key, name, letter, href]) => {
    const a = el('a', { href, title: `${name} (g ${letter})` }, name);
    a.dataset.view = key;
    return a;
  }),
);
replace(
  document.getElementById('tools'),
  el('span.version', { id: 'version' }),
  button('Theme', { class: 'quiet', title: 'Light or dark (T)', onclick: toggleTheme }),
  button('Keys', { class: 'quiet', title: 'All keys (?)', 'aria-keyshortcuts': '?', onclick: showHelp }),
);
document.addEventListener('keydown', onKey);
addEventListener('hashchange', show);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => view?.repaint?.());
api.version().then(
  (v) => (document.getElementById('version').textContent = v.spawn ?? ''),
  () => {},
);
show();
