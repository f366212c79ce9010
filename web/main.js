// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The page: which view an address shows, the keys that work everywhere, theme and help.
import * as api from './api.js';
import { button, el, errorState, loadingState, painted, replace, say } from './dom.js';
import { listView } from './list_view.js';
import { formatRoute, parseRoute } from './route.js';

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
let turns = 0;
let pendingG = 0;

// Most who come look at the list first: what else there is, is fetched when it is wanted.
const MAKERS = {
  list: async () => listView,
  trace: async () => (await import('./trace_view.js')).traceView,
  map: async () => (await import('./map_view.js')).mapView,
  array: async () => (await import('./array_view.js')).arrayView,
  arrays: async () => (await import('./array_view.js')).arraysView,
  compare: async () => (await import('./compare_view.js')).compareView,
  live: async () => (await import('./live_view.js')).liveView,
};
const helpMaker = async () => (await import('./help.js')).showHelp;
const showHelp = () =>
  helpMaker().then(
    (make) => make(),
    () => say('The keys could not be fetched: load the page again'),
  );

function viewFor({ path }) {
  const [head, id] = path;
  if (head === 'traces') return id ? [`trace ${id}`, MAKERS.trace] : ['traces', MAKERS.list];
  if (head === 'service-map') return ['service-map', MAKERS.map];
  if (head === 'arrays') return id ? [`array ${id}`, MAKERS.array] : ['arrays', MAKERS.arrays];
  if (head === 'compare') return ['compare', MAKERS.compare];
  if (head === 'live') return ['live', MAKERS.live];
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

function refuse(error, again) {
  replace(main, el('h1.offscreen', null, 'Nothing to show'), errorState(error, again));
}

function show() {
  const route = parseRoute(location.hash);
  for (const a of document.querySelectorAll('#views a')) {
    if (a.dataset.view === route.path[0]) a.setAttribute('aria-current', 'page');
    else a.removeAttribute('aria-current');
  }
  const found = viewFor(route);
  const [key, maker] = found ?? [''];
  // One that is still being fetched begins with the address that there is then.
  if (key && key === shown && (view === null || view.update)) {
    view?.update(route);
    return;
  }
  const turn = ++turns;
  view?.destroy?.();
  [view, shown] = [null, key];
  if (!found) {
    refuse({ title: 'No such page', message: `There is nothing at ${location.hash}` });
    return;
  }
  replace(main, loadingState('the view'));
  main.className = `view-${route.path[0]}${route.path[1] ? ' one' : ''}`;
  maker().then(
    (make) => {
      if (turn !== turns) return;
      replace(main);
      view = make(main, parseRoute(location.hash), context);
    },
    ({ message }) => {
      if (turn !== turns) return;
      shown = '';
      // Not fetched again: browsers keep what failed, and after an upgrade the files have another address.
      const again = () => location.reload();
      refuse({ title: 'This part of the page could not be fetched', message }, again);
    },
  );
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
show();
// Nobody waits for it.
painted()
  .then(api.version)
  .then(
    (v) => (document.getElementById('version').textContent = v.spawn ?? ''),
    () => {},
  );
