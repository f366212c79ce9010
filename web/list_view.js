// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The list of traces: filter, scatter and histogram to brush, table.
import * as api from './api.js';
import { Histogram, Scatter } from './charts.js';
import {
  button,
  colors,
  commandLine,
  el,
  emptyState,
  errorState,
  given,
  link,
  loadingState,
  onFrame,
  painted,
  replace,
  setGiven,
  setStateMark,
  showUnread,
  stateMark,
} from './dom.js';
import { filterBar } from './filter_bar.js';
import { compareLink, marked, toggleMark } from './marks.js';
import { DEFAULT_RANGE, absoluteRange, formatRoute, timeRange } from './route.js';
import { logScale } from './scale.js';
import { clock, count, day, duration, plural, visible } from './text.js';
import { failed, state } from './trace.js';
import { VirtualRows, headRow, showSort } from './virtual_rows.js';

const LIMIT = 1000;
const COLUMNS = [
  { text: el('span.offscreen', null, 'Marked'), class: 'pick' },
  { text: 'State', class: 'state', sort: 'state' },
  { text: 'Started', class: 'start', sort: 'start' },
  { text: 'Trace', class: 'what', sort: 'name' },
  { text: 'Duration', class: 'took', sort: 'duration' },
  { text: 'Spans', class: 'number', sort: 'spans' },
  { text: 'Services', class: 'services' },
  { text: 'Annotations', class: 'notes' },
];
const RANK = { fault: 0, throttle: 1, error: 2, running: 3, ok: 4 };

export const summaryState = (s) => (failed(s) ? state(s) : s.unfinished > 0 ? 'running' : 'ok');
export const nowDuration = (s, now) =>
  s.unfinished > 0 ? Math.max(s.duration ?? 0, now - s.start) : (s.duration ?? 0);

export function listView(main, route, { go, title }) {
  const color = colors();
  const all = new Map(); // id → summary
  let rows = [];
  let sort = { key: 'start', down: true };
  let brush = null;
  let range = timeRange('', Date.now() / 1000);
  let query = {};
  let next = null;
  let unread = null;
  let asked = null;
  let following = null;
  let lengths = logScale(0.001, 1);

  const bar = filterBar({
    onChange: (q) =>
      go(['traces'], { filter: q.filter, timeRange: q.timeRange === DEFAULT_RANGE ? '' : q.timeRange }),
    words: () => completions(all.values()),
  });
  const scatter = new Scatter({ onBrush: setBrush, onPick: (p) => go(['traces', p.id]) });
  const histogram = new Histogram({ label: 'Durations of the traces listed', onBrush: (b) => setBrush(b) });
  const summary = el('div.summary', { role: 'status' });
  const chosen = el('div.chosen');
  const unreadLine = el('p.unread.faint', { role: 'status', hidden: true });
  const head = headRow(COLUMNS, (key) => {
    sort = { key, down: sort.key === key ? !sort.down : key !== 'name' };
    paint();
  });
  const grid = new VirtualRows({
    label: 'Traces',
    rowHeight: 30,
    head,
    make: makeRow,
    fill: fillRow,
    onOpen: (i) => open(i),
  });
  const place = el('div.place');
  const liveButton = button('Follow', {
    class: 'toggle',
    'aria-pressed': 'false',
    title: 'Show new traces as they come',
    onclick: () => follow(!following),
  });
  const charts = el(
    'section.charts',
    { 'aria-label': 'Durations' },
    scatter.node,
    el('div.histogram-box', null, histogram.node, histogram.axis),
  );
  append();

  function append() {
    main.append(
      el('h1.offscreen', null, 'Traces'),
      bar.node,
      charts,
      el(
        'div.list-head',
        null,
        summary,
        chosen,
        el('span.grow'),
        liveButton,
        button('Reload', { class: 'quiet', title: 'Read again (r)', onclick: () => load() }),
      ),
      unreadLine,
      place,
    );
  }

  function makeRow() {
    const box = el('input', {
      type: 'checkbox',
      tabindex: '-1',
      'aria-label': 'Mark for comparison',
      onclick: (e) => e.stopPropagation(),
    });
    const row = el(
      'div.cells',
      null,
      el('div.cell.pick', { role: 'gridcell' }, box),
      el('div.cell.state', { role: 'gridcell' }, stateMark('ok')),
      el('div.cell.start', { role: 'gridcell' }, el('span'), el('small')),
      el('div.cell.what', { role: 'gridcell' }, el('a', { tabindex: '-1' }, el('bdi')), el('bdi.faint')),
      el('div.cell.took', { role: 'gridcell' }, el('span'), el('b')),
      el('div.cell.number', { role: 'gridcell' }),
      el('div.cell.services', { role: 'gridcell' }),
      el('div.cell.notes', { role: 'gridcell' }),
    );
    box.addEventListener('change', () => {
      toggleMark(rows[row.dataset.row].id);
      grid.refresh();
      showMarks();
    });
    row.addEventListener('dblclick', () => open(Number(row.dataset.row)));
    return row;
  }

  function fillRow(row, i) {
    const s = rows[i];
    const [pick, mark, start, what, took, spans, services, notes] = row.children;
    const now = Date.now() / 1000;
    const d = nowDuration(s, now);
    pick.firstChild.checked = marked().includes(s.id);
    setStateMark(mark.firstChild, summaryState(s));
    start.firstChild.textContent = clock(s.start);
    start.lastChild.textContent = day(s.start) === day(now) ? '' : ` ${day(s.start).slice(5)}`;
    what.firstChild.href = formatRoute(['traces', s.id]);
    setGiven(what.firstChild.firstChild, s.name || s.services?.[0] || s.id);
    setGiven(what.lastChild, [s.method, s.url, s.status].filter(Boolean).join(' '));
    took.firstChild.textContent = duration(d);
    took.lastChild.style.width = `${Math.max(2, Math.min(1, lengths.at(d)) * 100)}%`;
    took.lastChild.className = summaryState(s);
    spans.textContent = s.spans === undefined ? '' : count(s.spans);
    replace(
      services,
      (s.services ?? []).slice(0, 4).map((name) => chip(name, color)),
      s.services?.length > 4 && el('small', null, `+${s.services.length - 4}`),
    );
    replace(
      notes,
      s.array && el('a.chip', { tabindex: '-1', href: formatRoute(['arrays', s.array]) }, 'array'),
      Object.entries(s.annotations ?? {})
        .filter(([k]) => k !== 'spawn_job_array_id')
        .slice(0, 3)
        .map(([k, v]) => el('span.note', null, given(k, 40), ' ', given(noteText(v), 40, 'b'))),
    );
  }

  function open(i) {
    if (rows[i]) go(['traces', rows[i].id]);
  }

  function setBrush(b) {
    brush = b;
    paint();
  }

  function brushed(s) {
    if (!brush) return true;
    const d = s.duration ?? 0;
    return (
      d >= brush.min &&
      d <= brush.max &&
      (brush.start === undefined || (s.start >= brush.start && s.start <= brush.end))
    );
  }

  const paint = onFrame(() => {
    const list = [...all.values()];
    rows = list.filter(brushed);
    const value = {
      state: (s) => RANK[summaryState(s)],
      start: (s) => s.start,
      name: (s) => s.name ?? '',
      duration: (s) => s.duration ?? 0,
      spans: (s) => s.spans ?? 0,
    }[sort.key];
    rows.sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      return (x < y ? -1 : x > y ? 1 : b.start - a.start || (a.id < b.id ? -1 : 1)) * (sort.down ? -1 : 1);
    });
    const times = list.map((s) => s.duration || 1e-6);
    lengths = logScale(
      times.reduce((a, b) => Math.min(a, b), Infinity),
      times.reduce((a, b) => Math.max(a, b), 1e-6),
    );
    showSort(head, sort.key, sort.down);
    const faults = list.filter((s) => s.fault).length;
    const errors = list.filter((s) => s.error && !s.fault).length;
    const running = list.filter((s) => s.unfinished > 0).length;
    replace(
      summary,
      el('b', null, next ? `Latest ${count(list.length)} traces` : plural(list.length, 'trace')),
      faults > 0 && el('span.fault', null, ` · ${plural(faults, 'fault')}`),
      errors > 0 && el('span.error', null, ` · ${plural(errors, 'error')}`),
      running > 0 && ` · ${count(running)} running`,
    );
    replace(
      chosen,
      brush &&
        button(
          `${brush.start === undefined ? '' : `${clock(brush.start, false)}–${clock(brush.end, false)}, `}${duration(brush.min)}–${duration(brush.max)}: ${count(rows.length)} ×`,
          { class: 'chip on', 'aria-label': 'Clear the selection', onclick: () => setBrush(null) },
        ),
      brush?.start !== undefined &&
        button('Zoom to it', {
          class: 'chip',
          onclick: () => go(['traces'], { ...query, timeRange: absoluteRange(brush.start, brush.end) }),
        }),
    );
    charts.hidden = list.length === 0;
    if (list.length === 0) {
      replace(place, noTraces());
    } else {
      if (grid.node.parentNode !== place) replace(place, grid.node);
      place.querySelector('.load-more')?.remove();
      if (next)
        place.append(
          el('div.load-more', null, button(`Load ${count(LIMIT)} older`, { onclick: () => load(next) })),
        );
      grid.setCount(rows.length);
      if (grid.current < 0) grid.moveTo(0, { quiet: true });
      grid.render();
    }
    showMarks();
    paintCharts();
  });

  // A frame later than the rows, which is what is waited for.
  const paintCharts = onFrame(() => {
    const list = [...all.values()];
    scatter.set(
      list.map((s) => ({
        id: s.id,
        start: s.start,
        duration: s.duration ?? 0,
        state: summaryState(s),
        label: () => visible(`${s.name ?? s.id} · ${duration(s.duration ?? 0)} · ${clock(s.start)}`, 80),
      })),
      range.start,
      range.end,
      brush,
    );
    histogram.set(
      list.map((s) => s.duration ?? 0),
      brush,
    );
  });

  function showMarks() {
    const ids = marked();
    chosen.querySelector('.compare')?.remove();
    if (ids.length === 2)
      chosen.append(
        el(
          'a.chip.on.compare',
          { href: compareLink(ids), title: 'Compare the two marked traces (c)' },
          'Compare 2 marked',
        ),
      );
  }

  function noTraces() {
    if (query.filter) {
      return emptyState(
        'No trace matches',
        el('p', null, 'Nothing in this time matches ', el('code', null, visible(query.filter)), '.'),
        button('Clear the filter', { onclick: () => go(['traces'], { timeRange: query.timeRange }) }),
      );
    }
    return emptyState(
      'No traces in this time',
      el('p', null, 'Run something inside a trace, and it appears here:'),
      commandLine(api.sendHere().then((options) => `spawn trace run ${options} -- aws s3 ls`)),
      el(
        'p',
        null,
        'What spawn trace serve prints, exported, does the same for programs with an X-Ray or OpenTelemetry SDK. ',
        link('#/traces?timeRange=P30D', 'Look at the last 30 days'),
        '.',
      ),
    );
  }

  async function load(older = null) {
    asked?.abort();
    const mine = (asked = new AbortController());
    range = timeRange(query.timeRange, api.now());
    if (!older) {
      if (all.size === 0) replace(place, loadingState('traces'));
      main.classList.add('busy');
    }
    try {
      let cleared = Boolean(older);
      const show = (list) => {
        if (!cleared) all.clear();
        cleared = true;
        for (const s of list) all.set(s.id, s);
      };
      const reply = await api.traces(
        { filter: query.filter, start: range.start, end: range.end, limit: LIMIT, next: older },
        mine.signal,
        (list) => {
          show(list);
          if (list.length === 0) return null;
          paint();
          return painted();
        },
      );
      show(reply.traces);
      next = reply.next ?? null;
      unread = older ? api.bothUnread(unread, reply.unread) : reply.unread;
      showUnread(unreadLine, unread);
      bar.problem(null);
      paint();
    } catch (e) {
      if (e.name === 'AbortError') return;
      if (e.position >= 0) bar.problem(e);
      else {
        charts.hidden = true;
        replace(
          place,
          errorState(e, () => load()),
        );
      }
    } finally {
      if (mine === asked) main.classList.remove('busy');
    }
  }

  // New and changed traces as they come. With a filter the list is read again, at most every two seconds.
  function follow(on) {
    liveButton.setAttribute('aria-pressed', String(on));
    following?.close();
    clearTimeout(following?.timer);
    following = on
      ? api.live({
          traces: (list) => {
            if (!query.filter) {
              for (const s of list) all.set(s.id, s);
              range = timeRange(query.timeRange, Date.now() / 1000);
              paint();
            } else
              following.timer ??= setTimeout(() => {
                following.timer = null;
                load();
              }, 2000);
          },
          state: (is) => liveButton.classList.toggle('lost', is === 'lost'),
        })
      : null;
  }

  function update({ query: q }) {
    query = { filter: q.filter ?? '', timeRange: q.timeRange ?? '' };
    title(query.filter ? visible(query.filter, 60) : 'Traces');
    brush = null;
    bar.set(query);
    load();
  }
  update(route);

  return {
    update,
    repaint: paint,
    key(e) {
      if (e.key === 'r') load();
      else if (e.key === 'x' && rows[grid.current]) {
        toggleMark(rows[grid.current].id);
        paint();
      } else if (e.key === 'c' && marked().length === 2) location.hash = compareLink();
      else if (e.key === 'Escape' && brush) setBrush(null);
      else if (['ArrowDown', 'ArrowUp', 'j', 'k', 'Enter'].includes(e.key) && e.target === document.body) {
        grid.node.focus();
        if (e.key === 'Enter') open(grid.current);
      } else return false;
      return true;
    },
    destroy() {
      asked?.abort();
      follow(false);
      scatter.destroy();
      grid.destroy();
    },
  };
}

export function chip(name, color) {
  return el(`span.service.c${color(name)}`, null, el('i', { 'aria-hidden': 'true' }), given(name, 60));
}

const noteText = (v) => (Array.isArray(v) ? v.join(', ') : v);

// Words of the data for the filter's completion: services and annotation keys.
function completions(summaries) {
  const words = new Set();
  for (const s of summaries) {
    for (const name of s.services ?? []) if (name.length < 80) words.add(`service(${JSON.stringify(name)})`);
    for (const key of Object.keys(s.annotations ?? {}))
      if (/^\w{1,60}$/.test(key)) words.add(`annotation.${key}`);
    if (words.size > 500) break;
  }
  return words;
}
