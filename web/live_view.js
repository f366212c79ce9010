// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What happens now: traces as they come, running ones first and growing. To begin with, those of two minutes and what
// has been running for up to a day.
import * as api from './api.js';
import {
  button,
  colors,
  commandLine,
  el,
  emptyState,
  errorState,
  reducedMotion,
  replace,
  setGiven,
  setStateMark,
  stateMark,
  svg,
} from './dom.js';
import { chip, nowDuration, summaryState } from './list_view.js';
import { formatRoute } from './route.js';
import { ago, clock, count, duration, plural } from './text.js';
import { VirtualRows, headRow } from './virtual_rows.js';

const BACK = 120;
const MOST = 2000;
const COLUMNS = [
  { text: 'State', class: 'state' },
  { text: 'Started', class: 'start' },
  { text: 'Trace', class: 'what' },
  { text: 'Duration', class: 'took' },
  { text: 'Spans', class: 'number' },
  { text: 'Services', class: 'services' },
  { text: `Last ${BACK / 60} minutes`, class: 'lane' },
];

export function liveView(main, route, { go, title }) {
  const color = colors();
  const all = new Map();
  let rows = [];
  let paused = false;
  let connection = 'connecting';
  let waiting = 0;
  let timer = 0;
  let width = 0;
  title('Live');
  const head = headRow(COLUMNS);
  const grid = new VirtualRows({
    label: 'Traces as they come',
    rowHeight: 30,
    head,
    make: makeRow,
    fill: fillRow,
    onOpen: (i) => rows[i] && go(['traces', rows[i].id]),
  });
  grid.node.classList.add('tail');
  const status = el('span.connection', { role: 'status' });
  const summary = el('div.summary');
  const pause = button('Pause', {
    class: 'toggle',
    'aria-pressed': 'false',
    title: 'Keep the list as it is (Space)',
    onclick: togglePause,
  });
  const place = el('div.place');
  main.append(
    el(
      'div.list-head',
      null,
      el('h1', null, 'Live'),
      status,
      summary,
      el('span.grow'),
      button('Clear', {
        class: 'quiet',
        onclick: () => {
          all.clear();
          paint();
        },
      }),
      pause,
    ),
    place,
  );

  const source = api.live({
    traces: take,
    state: (is) => {
      connection = is;
      showStatus();
    },
  });
  showStatus();
  begin();

  async function begin() {
    const now = Date.now() / 1000;
    try {
      const replies = await Promise.all([
        api.traces({ start: now - BACK, end: now, limit: 200 }),
        api.traces({ filter: 'partial', start: now - 86400, end: now, limit: 100 }),
      ]);
      for (const s of replies.flatMap((r) => r.traces)) if (!all.has(s.id)) all.set(s.id, s);
      paint();
    } catch (e) {
      replace(place, errorState(e, begin));
    }
    tick();
  }

  function take(list) {
    for (const s of list) all.set(s.id, s);
    if (all.size > MOST) {
      for (const [id, old] of all) {
        if (!(old.unfinished > 0)) all.delete(id);
        if (all.size <= MOST) break;
      }
    }
    if (paused) waiting += list.length;
    showStatus();
    if (!paused)
      soon ||= setTimeout(() => {
        soon = 0;
        paint();
      }, 150);
  }
  let soon = 0;

  function showStatus() {
    status.className = `connection ${connection}`;
    status.textContent =
      connection === 'open'
        ? paused
          ? `paused, ${plural(waiting, 'change')} waiting`
          : 'connected'
        : connection === 'lost'
          ? 'not connected, trying again…'
          : 'connecting…';
  }

  function paint() {
    const chosen = rows[grid.current]?.id;
    rows = [...all.values()].sort(
      (a, b) => (b.unfinished > 0) - (a.unfinished > 0) || b.start - a.start || (a.id < b.id ? -1 : 1),
    );
    const running = rows.filter((s) => s.unfinished > 0).length;
    replace(
      summary,
      el('b', null, plural(rows.length, 'trace')),
      running > 0 && `, ${count(running)} running`,
    );
    if (rows.length === 0) {
      replace(
        place,
        emptyState(
          'Waiting for the first trace',
          el('p', null, 'It appears here while it still runs:'),
          commandLine(api.sendHere().then((options) => `spawn trace run ${options} -- sleep 30`)),
        ),
      );
      return;
    }
    if (grid.node.parentNode !== place) replace(place, grid.node);
    width = head.lastChild.clientWidth;
    const at = rows.findIndex((s) => s.id === chosen);
    grid.current = at >= 0 ? at : 0;
    grid.setCount(rows.length);
  }

  function tick() {
    timer = setTimeout(
      () => {
        if (!paused && rows.length > 0) {
          width = head.lastChild.clientWidth;
          grid.refresh();
        }
        tick();
      },
      reducedMotion() ? 2000 : 250,
    );
  }

  function makeRow() {
    const row = el(
      'div.cells',
      null,
      el('div.cell.state', { role: 'gridcell' }, stateMark('ok')),
      el('div.cell.start', { role: 'gridcell' }, el('span'), el('small')),
      el('div.cell.what', { role: 'gridcell' }, el('a', { tabindex: '-1' }, el('bdi'))),
      el('div.cell.took', { role: 'gridcell' }),
      el('div.cell.number', { role: 'gridcell' }),
      el('div.cell.services', { role: 'gridcell' }),
      el(
        'div.cell.lane',
        { role: 'gridcell' },
        svg(
          'svg.bars',
          { 'aria-hidden': 'true' },
          svg('rect.bar', { y: 9, height: 12, rx: 2 }),
          svg('path.tip'),
        ),
      ),
    );
    row.addEventListener('dblclick', () => go(['traces', rows[row.dataset.row].id]));
    return row;
  }

  function fillRow(row, i) {
    const s = rows[i];
    const now = Date.now() / 1000;
    const [mark, start, what, took, spans, services, lane] = row.children;
    const is = summaryState(s);
    const d = nowDuration(s, now);
    setStateMark(mark.firstChild, is);
    start.firstChild.textContent = clock(s.start, false);
    start.lastChild.textContent = ago(now - s.start);
    what.firstChild.href = formatRoute(['traces', s.id]);
    setGiven(what.firstChild.firstChild, s.name || s.id);
    took.textContent = `${duration(d)}${s.unfinished > 0 ? '…' : ''}`;
    spans.textContent = s.spans === undefined ? '' : count(s.spans);
    const key = JSON.stringify(s.services);
    if (services.dataset.key !== key) {
      services.dataset.key = key;
      replace(
        services,
        (s.services ?? []).slice(0, 4).map((name) => chip(name, color)),
      );
    }
    row.className = `cells c${color(s.services?.[0] ?? '')} ${is}`;
    const x = (time) => Math.max(-10, Math.min(width + 10, (1 - (now - time) / BACK) * width));
    const [a, b] = [x(s.start), x(s.start + d)];
    const [bar, tip] = lane.firstChild.children;
    bar.setAttribute('x', a.toFixed(1));
    bar.setAttribute('width', b < 0 ? 0 : Math.max(2, b - a - (s.unfinished > 0 ? 8 : 0)).toFixed(1));
    tip.setAttribute('d', s.unfinished > 0 ? `M${(b - 7).toFixed(1)},8l6,7l-6,7z` : '');
  }

  function togglePause() {
    paused = !paused;
    waiting = 0;
    pause.setAttribute('aria-pressed', String(paused));
    showStatus();
    if (!paused) paint();
  }

  return {
    repaint: paint,
    key(e) {
      if (e.key === ' ' && e.target.tagName !== 'BUTTON') togglePause();
      else if (['ArrowDown', 'ArrowUp', 'j', 'k', 'Enter'].includes(e.key) && e.target === document.body) {
        grid.node.focus();
        if (e.key === 'Enter' && rows[grid.current]) go(['traces', rows[grid.current].id]);
      } else return false;
      return true;
    },
    destroy() {
      source.close();
      clearTimeout(timer);
      clearTimeout(soon);
      grid.destroy();
    },
  };
}
