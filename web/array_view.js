// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Job arrays: a row a member, with its phases on one axis of time, who is slow, who failed, who was
// interrupted or tried again.
import * as api from './api.js';
import { memberFailed, sumUp } from './array.js';
import { dataTable } from './data_table.js';
import {
  commandLine,
  copyButton,
  el,
  emptyState,
  errorState,
  given,
  link,
  loadingState,
  reducedMotion,
  replace,
  setGiven,
  setStateMark,
  showTicks,
  stateMark,
  svg,
} from './dom.js';
import { formatRoute, timeRange } from './route.js';
import { ticks } from './scale.js';
import { count, duration, plural, stamp, visible } from './text.js';
import { VirtualRows, headRow, showSort } from './virtual_rows.js';

const PHASES = ['boot', 'run', 'upload'];

// A member of the server's reply, with the phases it has as {from, to} (to is null while it runs).
export function member(m) {
  const phases = PHASES.map((name) => [name, m[name]])
    .filter(([, p]) => Array.isArray(p))
    .map(([name, [from, to]]) => ({ name, from, to: to ?? null }));
  return {
    index: m.index,
    instance: m.instance ?? '',
    trace: m.trace ?? '',
    start: m.start,
    end: m.end ?? null,
    phases,
    exitCode: m.exit_code ?? null,
    retries: m.retries ?? 0,
    interruptions: m.interruptions ?? 0,
    error: Boolean(m.error),
  };
}

export const memberState = (m) => (memberFailed(m) ? 'fault' : m.end == null ? 'running' : 'ok');

export function arrayView(main, route, { go, title }) {
  const id = route.path[1];
  const COLUMNS = [
    { text: 'Member', class: 'index', sort: 'index' },
    { text: 'State', class: 'state', sort: 'state' },
    { text: 'Exit', class: 'number', sort: 'exit' },
    { text: 'Took', class: 'took', sort: 'took' },
    { text: 'Boot', class: 'phase', sort: 'boot' },
    { text: 'Run', class: 'phase', sort: 'run' },
    { text: 'Upload', class: 'phase', sort: 'upload' },
    { text: 'Retries', class: 'number', sort: 'retries' },
    { text: 'Interrupted', class: 'number', sort: 'interruptions' },
    { text: el('span.offscreen', null, 'Timeline'), class: 'lane' },
  ];
  let members = [];
  let traces = new Set();
  let order = [];
  let sums = null;
  let sort = { key: 'index', down: false };
  let timer = 0;
  let asked = null;
  let width = 0;
  const axis = svg('svg.ruler', { 'aria-hidden': 'true' });
  const head = headRow(COLUMNS, (key) => {
    sort = { key, down: sort.key === key ? !sort.down : key !== 'index' };
    paint();
  });
  head.lastChild.append(axis);
  const grid = new VirtualRows({
    label: 'Members',
    rowHeight: 28,
    head,
    make: makeRow,
    fill: fillRow,
    onOpen: (i) => open(i),
  });
  grid.node.classList.add('members');
  grid.onResize = () => {
    if (head.lastChild.clientWidth !== width) paint();
  };
  const top = el('div.array-head');
  const source = api.live({
    traces: (list) => list.some((s) => s.array === id || traces.has(s.id)) && soon(),
  });
  let again = 0;
  title('Job array');
  replace(main, loadingState('the array'));
  load();

  function soon() {
    again ||= setTimeout(() => {
      again = 0;
      load();
    }, 1000);
  }

  async function load() {
    asked?.abort();
    asked = new AbortController();
    try {
      const reply = await api.array(id, asked.signal);
      members = (reply.members ?? []).map(member);
      traces = new Set(members.map((m) => m.trace));
      if (grid.node.parentNode !== main) replace(main, top, legend(), grid.node);
      replace(
        top,
        el(
          'div.line',
          null,
          el('h1', null, 'Job array'),
          el('code', null, visible(id, 80)),
          copyButton(() => id, 'Array id'),
          el('span.grow'),
          link(
            formatRoute(['traces'], { filter: `annotation.spawn_job_array_id = "${id}"`, timeRange: 'P30D' }),
            'Its traces',
          ),
        ),
        figures,
      );
      paint();
      if (grid.current < 0) grid.moveTo(0, { quiet: true });
      grow();
    } catch (e) {
      if (e.name === 'AbortError') return;
      if (members.length === 0) replace(main, errorState(e, load));
    }
  }

  const figures = el('div.figures');
  function paint() {
    const now = Date.now() / 1000;
    sums = sumUp(members, now);
    const value = {
      index: (m) => m.index,
      state: (m) => ['fault', 'running', 'ok'].indexOf(memberState(m)),
      exit: (m) => m.exitCode ?? -1,
      took: (m) => (m.end ?? now) - m.start,
      retries: (m) => m.retries,
      interruptions: (m) => m.interruptions,
      boot: (m) => phaseTime(m, 'boot', now),
      run: (m) => phaseTime(m, 'run', now),
      upload: (m) => phaseTime(m, 'upload', now),
    }[sort.key];
    order = members
      .map((_, i) => i)
      .sort((a, b) => {
        const [x, y] = [value(members[a]), value(members[b])];
        return (x < y ? -1 : x > y ? 1 : a - b) * (sort.down ? -1 : 1);
      });
    showSort(head, sort.key, sort.down);
    const slow = members[sums.slowest];
    replace(
      figures,
      [
        [plural(members.length, 'member'), 'in all'],
        [count(sums.done), 'done'],
        [count(sums.running), 'running'],
        [count(sums.failed), 'failed', sums.failed > 0 ? 'fault' : ''],
        [duration(sums.median), 'median'],
        [duration(sums.p90), '90 % within'],
        [slow ? duration((slow.end ?? now) - slow.start) : '–', slow ? `slowest: ${slow.index}` : 'slowest'],
        [count(sums.stragglers.size), 'stragglers', sums.stragglers.size > 0 ? 'throttle' : ''],
        [count(members.reduce((n, m) => n + m.retries, 0)), 'retries'],
        [count(members.reduce((n, m) => n + m.interruptions, 0)), 'interruptions'],
      ].map(([value_, name, kind]) =>
        el('div', null, el('b', { class: kind || null }, value_), el('span', null, name)),
      ),
    );
    width = head.lastChild.clientWidth;
    const starts = members.map((m) => m.start).filter(Number.isFinite);
    view.from = Math.min(...starts);
    view.to = Math.max(view.from + 1e-3, ...members.map((m) => m.end ?? now));
    view.to += (view.to - view.from) * 0.02;
    const at = ticks(0, view.to - view.from, Math.max(2, Math.floor(width / 90)));
    showTicks(grid.node, at, (v) => x(view.from + v));
    replace(
      axis,
      members.length > 0 &&
        at.map((v) => [
          svg('path', { d: `M${x(view.from + v)},0V40` }),
          svg('text', { x: x(view.from + v) + 4, y: 15 }, duration(v)),
        ]),
    );
    grid.setCount(order.length);
  }
  const view = { from: 0, to: 1 };
  const x = (time) => Number((((time - view.from) / (view.to - view.from)) * width).toFixed(1));

  function makeRow() {
    const row = el(
      'div.cells',
      null,
      el('div.cell.index', { role: 'gridcell' }, el('a', { tabindex: '-1' }), el('small')),
      el('div.cell.state', { role: 'gridcell' }, stateMark('ok'), el('small')),
      ['number', 'took', 'phase', 'phase', 'phase', 'number', 'number'].map((c) =>
        el(`div.cell.${c}`, { role: 'gridcell' }),
      ),
      el('div.cell.lane', { role: 'gridcell' }, svg('svg.bars', { 'aria-hidden': 'true' })),
    );
    row.addEventListener('dblclick', () => open(Number(row.dataset.row)));
    return row;
  }

  function fillRow(row, i) {
    const at = order[i];
    const m = members[at];
    const now = Date.now() / 1000;
    const [index, mark, exit, took, boot, run, upload, retries, interruptions, lane] = row.children;
    const is = memberState(m);
    index.firstChild.textContent = String(m.index ?? at);
    index.firstChild.href = formatRoute(['traces', m.trace], { q: memberSearch(m) });
    setGiven(index.lastChild, m.instance, 24);
    setStateMark(mark.firstChild, is);
    mark.lastChild.textContent = { fault: 'failed', running: 'running', ok: '' }[is];
    if (sums.stragglers.has(at))
      mark.lastChild.textContent += `${mark.lastChild.textContent ? ', ' : ''}slow`;
    exit.textContent = m.exitCode === null ? '' : String(m.exitCode);
    exit.classList.toggle('fault', m.exitCode !== null && m.exitCode !== 0);
    took.textContent = Number.isFinite(m.start) ? duration((m.end ?? now) - m.start) : '';
    [
      [boot, 'boot'],
      [run, 'run'],
      [upload, 'upload'],
    ].forEach(([cell, name]) => {
      const time = phaseTime(m, name, now);
      cell.textContent = time > 0 ? duration(time) : '';
    });
    retries.textContent = m.retries > 0 ? String(m.retries) : '';
    interruptions.textContent = m.interruptions > 0 ? `⚡ ${m.interruptions}` : '';
    row.classList.toggle('straggler', sums.stragglers.has(at));
    replace(
      lane.firstChild,
      m.phases.map((p) => {
        const [a, b] = [x(p.from), x(p.to ?? now)];
        return svg(
          `rect.phase.${p.name}${p.to === null ? '.open' : ''}${p.name === 'run' && is === 'fault' ? '.failed' : ''}`,
          { x: a, y: 7, width: Math.max(1.5, b - a).toFixed(1), height: 14, rx: 2 },
        );
      }),
      m.phases.some((p) => p.to === null) && svg('path.tip', { d: `M${x(now)},9l6,5l-6,5z` }),
    );
  }

  function open(i) {
    const m = members[order[i]];
    if (m?.trace) go(['traces', m.trace], { q: memberSearch(m) });
  }

  function grow() {
    clearTimeout(timer);
    if (sums?.running > 0) {
      timer = setTimeout(
        () => {
          paint();
          grow();
        },
        reducedMotion() ? 2000 : 500,
      );
    }
  }

  return {
    repaint: paint,
    key(e) {
      if (e.key === 'r') load();
      else if (e.key === 'Escape') go(['arrays']);
      else if (['ArrowDown', 'ArrowUp', 'j', 'k', 'Enter'].includes(e.key) && e.target === document.body) {
        grid.node.focus();
        if (e.key === 'Enter') open(grid.current);
      } else return false;
      return true;
    },
    destroy() {
      asked?.abort();
      source.close();
      clearTimeout(timer);
      clearTimeout(again);
      grid.destroy();
    },
  };
}

// Finds a member among the spans of a trace that has the whole array.
const memberSearch = (m) => m.instance;

function phaseTime(m, name, now) {
  const p = m.phases.find((q) => q.name === name);
  return p ? (p.to ?? now) - p.from : 0;
}

function legend() {
  return el(
    'div.legend.phases',
    null,
    PHASES.map((name) => el('span', null, el(`i.phase.${name}`, { 'aria-hidden': 'true' }), name)),
    el('span', null, el('i.cut', { 'aria-hidden': 'true' }, '⚡'), 'interrupted'),
  );
}

// The arrays of the last 30 days' traces.
export function arraysView(main, route, { title }) {
  title('Job arrays');
  const list = el('div.place');
  main.append(el('div.list-head', null, el('h1', null, 'Job arrays')), list);
  async function load() {
    replace(list, loadingState('job arrays'));
    const range = timeRange(route.query.timeRange || 'P30D', Date.now() / 1000);
    try {
      const reply = await api.traces({
        filter: 'annotation.spawn_job_array_id CONTAINS ""',
        start: range.start,
        end: range.end,
        limit: 1000,
      });
      const by = new Map();
      for (const s of reply.traces) {
        const id = s.array ?? [s.annotations?.spawn_job_array_id].flat()[0];
        if (!id) continue;
        const a = by.get(id) ?? {
          id,
          start: Infinity,
          end: 0,
          traces: 0,
          spans: 0,
          bad: 0,
          running: 0,
          name: s.name,
        };
        a.start = Math.min(a.start, s.start);
        a.end = Math.max(a.end, s.start + (s.duration ?? 0));
        a.traces++;
        a.spans += s.spans ?? 0;
        a.bad += s.errors > 0 || s.fault || s.error ? 1 : 0;
        a.running += s.unfinished > 0 ? 1 : 0;
        by.set(id, a);
      }
      const arrays = [...by.values()].sort((a, b) => b.start - a.start);
      if (arrays.length === 0) {
        replace(
          list,
          emptyState(
            'No job array in the last 30 days',
            el('p', null, 'One starts with:'),
            commandLine(
              api
                .sendHere()
                .then(
                  (options) =>
                    `spawn launch --provider local --count 8 ${options.replace(/--(exporter|endpoint)/g, '--trace-$1')} --trace-sampling 1 --command ./work.sh`,
                ),
            ),
          ),
        );
        return;
      }
      replace(
        list,
        dataTable({
          label: 'Job arrays',
          caption: 'Job arrays, newest first',
          columns: ['Array', 'Started', 'Took', 'Traces', 'Spans', 'State'],
          rows: arrays,
          cells: (a) => [
            link(formatRoute(['arrays', a.id]), given(a.id, 80)),
            stamp(a.start, false),
            duration(a.end - a.start),
            count(a.traces),
            count(a.spans),
            a.bad > 0 ? el('span.fault', null, '✕ failures') : a.running > 0 ? 'running' : 'done',
          ],
        }),
      );
    } catch (e) {
      replace(list, errorState(e, load));
    }
  }
  load();
  return { key: (e) => e.key === 'r' && (load(), true) };
}
