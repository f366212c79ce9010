// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One trace: what is to know about it at the top, then its timeline, map, table or raw JSON.
import * as api from './api.js';
import { criticalPath, pathTimes } from './critical_path.js';
import { showDetail } from './detail.js';
import {
  button,
  colors,
  copy,
  copyButton,
  download,
  el,
  errorState,
  loadingState,
  reducedMotion,
  replace,
  say,
} from './dom.js';
import { fromServer, graphPanel } from './graph_panel.js';
import { compareLink, marked, toggleMark } from './marks.js';
import { spanTable } from './span_table.js';
import { plural, traceId, visible, visibleLines } from './text.js';
import { NONE, buildTrace } from './trace.js';
import { traceHead } from './trace_head.js';
import { Waterfall } from './waterfall.js';

const LARGE = 5000;
const TABS = [
  ['', 'Timeline'],
  ['map', 'Map'],
  ['table', 'Table'],
  ['raw', 'Raw'],
];

// `alone`: in a file of its own, with no other views to go to; then `now` is when it was made.
export function traceView(main, route, { go, stay, title, alone = false, now = () => Date.now() / 1000 }) {
  const id = traceId(route.path[1]) || route.path[1];
  const color = colors();
  let tab = '';
  let reply = null;
  let t = null;
  let path = [];
  let times = new Map();
  let asked = null;
  let timer = 0;
  let again = 0;
  let later = 0;
  let panel = null;
  let closed = true; // the details

  const head = traceHead({
    id,
    alone,
    color,
    onMark: mark,
    onProblem: (p) => {
      go(['traces', id]);
      waterfall.jump(p.rows, 1, p.title);
    },
  });
  const body = el('div.trace-body');
  const detail = el('aside.detail', { 'aria-label': 'Details of the span', hidden: true, tabindex: '-1' });
  const tabs = el('div.tabs', {
    role: 'tablist',
    'aria-label': 'Ways to look at the trace',
    onkeydown: tabKey,
  });
  const waterfall = new Waterfall({
    color,
    onSelect: select,
    onOpen: () => {
      openDetail();
      detail.focus();
    },
  });
  const search = el('input.search', {
    type: 'search',
    'data-search': '',
    'aria-label': 'Search spans',
    placeholder: 'Search spans: words, >10ms, <2s',
    spellcheck: 'false',
    oninput: () => found(waterfall.search(search.value)),
    onkeydown: (e) => {
      // The browser's own Escape would empty the field.
      if (e.key === 'Enter')
        waterfall.jump(waterfall.matches ?? [], e.shiftKey ? -1 : 1, 'Match', { focus: false });
      else if (e.key === 'Escape') waterfall.grid.node.focus();
      else return;
      e.preventDefault();
    },
  });
  const matches = el('span.faint.matches', { role: 'status' });
  const only = button('Only matches', {
    class: 'toggle',
    'aria-pressed': 'false',
    title: 'Hide what does not match (h)',
    onclick: onlyMatches,
  });
  const critical = button('Critical path', {
    class: 'toggle',
    'aria-pressed': 'true',
    title: 'What the end waited for (c)',
    onclick: togglePath,
  });
  const failures = el('div.failures');
  const toolbar = el(
    'div.toolbar',
    { role: 'toolbar', 'aria-label': 'Timeline' },
    search,
    matches,
    only,
    critical,
    failures,
    el('span.grow'),
    button('−', {
      class: 'quiet',
      'aria-label': 'Zoom out',
      title: 'Zoom out (−)',
      onclick: () => waterfall.zoomBy(2),
    }),
    button('+', {
      class: 'quiet',
      'aria-label': 'Zoom in',
      title: 'Zoom in (+)',
      onclick: () => waterfall.zoomBy(0.5),
    }),
    button('Whole', {
      class: 'quiet',
      title: 'The whole trace (0)',
      onclick: () => waterfall.zoom(t.from, t.to),
    }),
    button('Collapse', {
      class: 'quiet',
      title: 'Collapse all ([)',
      onclick: () => waterfall.collapse(true),
    }),
    button('Expand', { class: 'quiet', title: 'Expand all (])', onclick: () => waterfall.collapse(false) }),
  );
  const source = api.live({
    traces: (list) => list.some((s) => s.id === id) && reload(),
    unfinished: (spans) => spans.some((s) => s.trace === id && t?.row.get(s.id) === undefined) && reload(),
  });

  replace(main, loadingState('the trace'));
  update(route);
  load();

  async function load() {
    asked?.abort();
    clearTimeout(later);
    const mine = (asked = new AbortController());
    const began = performance.now();
    try {
      const got = await api.trace(id, mine.signal);
      const first = !reply;
      reply = got;
      t = buildTrace(reply.spans, now());
      path = t.n > LARGE ? [] : criticalPath(t);
      times = pathTimes(path);
      waterfall.set(t, path);
      if (first) replace(main, head.nodes, tabs, body);
      if (first || tab !== '') setTab();
      if (first) {
        const wanted = t.row.get(route.query.span);
        if (wanted !== undefined) waterfall.select(wanted, { reveal: true });
        if (route.query.q) find(route.query.q);
        waterfall.grid.node.focus({ preventScroll: true });
      }
      paintHead();
      main.dataset.opened = Math.round(performance.now() - began);
      // A large trace is shown first, and its path when there is time.
      if (t.n > LARGE) later = setTimeout(findPath, 50);
    } catch (e) {
      if (e.name === 'AbortError') return;
      if (reply) return say(visible(e.message));
      if (e.status === 404)
        e.message =
          'No trace with this id is here. It may not have arrived yet, have been too old and removed, or not have been sampled. This page shows it when it comes.';
      replace(main, errorState(e, load));
    }
    grow();
  }

  function findPath() {
    path = criticalPath(t);
    times = pathTimes(path);
    waterfall.setPath(path);
    waterfall.redraw();
  }

  // A trace that is live is read again when it changed: at most twice a second, less often when it is large.
  function reload() {
    again ||= setTimeout(
      () => {
        again = 0;
        load();
      },
      reply ? Math.max(500, reply.spans.length / 10) : 0,
    );
  }

  function grow() {
    clearTimeout(timer);
    if (!t || t.running === 0 || alone) return;
    timer = setTimeout(
      () => {
        t && waterfall.tick(now());
        head.paintFigures(t);
        grow();
      },
      reducedMotion() || t.n > 10000 ? 1000 : 200,
    );
  }

  function paintHead() {
    title(visible(t.spans[0]?.name ?? id, 60));
    head.paint(t, reply.notes);
    replace(
      failures,
      t.failures.length > 0 && [
        button('‹', {
          class: 'quiet',
          'aria-label': 'Previous failure',
          title: 'Previous failure (E)',
          onclick: () => waterfall.jump(t.failures, -1, 'Failure'),
        }),
        button(plural(t.failures.length, 'failure'), {
          class: 'quiet fault',
          title: 'Next failure (e)',
          onclick: () => waterfall.jump(t.failures, 1, 'Failure'),
        }),
        button('›', {
          class: 'quiet',
          'aria-label': 'Next failure',
          title: 'Next failure (e)',
          onclick: () => waterfall.jump(t.failures, 1, 'Failure'),
        }),
      ],
    );
  }

  // --- tabs --------------------------------------------------------------------------------------
  function setTab() {
    if (!t) return;
    panel?.destroy?.();
    panel = null;
    replace(
      tabs,
      TABS.map(([key, name], i) =>
        el(
          'button.tab',
          {
            type: 'button',
            role: 'tab',
            id: `tab${i}`,
            'aria-controls': 'tab-body',
            'aria-selected': String(key === tab),
            tabindex: key === tab ? '0' : '-1',
            title: `${name} (${i + 1})`,
            onclick: () => go(['traces', id, ...(key ? [key] : [])]),
          },
          name,
        ),
      ),
    );
    body.id = 'tab-body';
    body.setAttribute('role', 'tabpanel');
    body.setAttribute('aria-labelledby', `tab${TABS.findIndex(([key]) => key === tab)}`);
    body.className = `trace-body ${tab || 'timeline'}`;
    if (tab === 'map') showMap();
    else if (tab === 'table') replace(body, spanTable(t, times, { color, onPick: look }));
    else if (tab === 'raw') showRaw();
    else {
      replace(body, toolbar, el('div.timeline-box', null, waterfall.node, detail));
    }
  }

  async function showMap() {
    replace(body, loadingState('the map'));
    try {
      const graph = fromServer(await api.traceGraph(id));
      if (tab !== 'map') return;
      panel = graphPanel({ graph, onNode: (node) => look(node.type === 'client' ? '' : node.name) });
      replace(body, panel.node);
    } catch (e) {
      replace(body, errorState(e, showMap));
    }
  }

  function showRaw() {
    const text = () => JSON.stringify(reply, null, 2);
    replace(
      body,
      el(
        'div.toolbar',
        null,
        copyButton(text, 'the trace as JSON'),
        button('Download', {
          class: 'quiet',
          onclick: () => download(`${id}.json`, 'application/json', text()),
        }),
        !alone &&
          el(
            'span.faint',
            null,
            'Other formats: ',
            el('code', null, `spawn trace export ${id} --format otlp`),
          ),
      ),
      el(
        'pre.json.whole',
        { tabindex: '0', 'aria-label': 'The trace as JSON', dir: 'ltr' },
        visibleLines(
          JSON.stringify(
            reply.spans.length > 2000 ? { ...reply, spans: reply.spans.slice(0, 2000) } : reply,
            null,
            2,
          ),
          400000,
        ),
      ),
    );
  }

  function tabKey(e) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step) return;
    const at = TABS.findIndex(([key]) => key === tab);
    tabs.children[(at + step + TABS.length) % TABS.length].click();
    e.preventDefault();
    setTimeout(() => tabs.querySelector('[aria-selected=true]')?.focus());
  }

  // Looks for a text in the timeline.
  function look(text) {
    go(['traces', id]);
    find(text);
  }
  function find(text) {
    search.value = text.slice(0, 200);
    found(waterfall.search(search.value));
  }

  // --- timeline ----------------------------------------------------------------------------------
  function select(row) {
    stay({ span: t.spans[row].id });
    if (!closed) openDetail();
  }

  function openDetail() {
    const row = waterfall.selected;
    if (row === NONE) return;
    closed = false;
    detail.hidden = false;
    showDetail(detail, t, row, {
      pathTime: times.get(row) ?? 0,
      resource: reply.resources?.[t.spans[row].resource],
      select: (r) => {
        waterfall.select(r, { reveal: true });
        openDetail();
      },
      filter: alone ? null : (expression) => go(['traces'], { filter: expression, timeRange: 'P30D' }),
      close: closeDetail,
    });
  }

  function closeDetail() {
    closed = true;
    detail.hidden = true;
    waterfall.grid.node.focus();
  }

  function found(n) {
    matches.textContent = n === null ? '' : plural(n, 'match', 'matches');
    only.hidden = n === null;
  }
  found(null);

  function onlyMatches() {
    waterfall.onlyMatches = !waterfall.onlyMatches;
    only.setAttribute('aria-pressed', String(waterfall.onlyMatches));
    waterfall.layout();
  }

  function togglePath() {
    waterfall.showPath = !waterfall.showPath;
    critical.setAttribute('aria-pressed', String(waterfall.showPath));
    waterfall.redraw();
  }

  function mark() {
    toggleMark(id);
    paintHead();
  }

  // Clicking a row opens its details, as Enter does.
  waterfall.grid.body.addEventListener('click', () => openDetail());

  function update({ path: p }) {
    const wanted = p[2] ?? '';
    tab = TABS.some(([key]) => key === wanted) ? wanted : '';
    setTab();
  }

  const keys = {
    e: () => waterfall.jump(t.failures, 1, 'Failure'),
    E: () => waterfall.jump(t.failures, -1, 'Failure'),
    n: () => waterfall.jump(waterfall.matches ?? [], 1, 'Match'),
    N: () => waterfall.jump(waterfall.matches ?? [], -1, 'Match'),
    '[': () => waterfall.collapse(true),
    ']': () => waterfall.collapse(false),
    o: () => waterfall.levels(-1),
    p: () => waterfall.levels(1),
    '+': () => waterfall.zoomBy(0.5),
    '=': () => waterfall.zoomBy(0.5),
    '-': () => waterfall.zoomBy(2),
    0: () => waterfall.zoom(t.from, t.to),
    z: () => waterfall.zoomTo(waterfall.selected),
    a: () => waterfall.pan(-0.2),
    d: () => waterfall.pan(0.2),
    A: () => waterfall.pan(-0.8),
    D: () => waterfall.pan(0.8),
    c: togglePath,
    h: onlyMatches,
    x: mark,
    y: () => copy(location.href, 'Link'),
    r: () => load(),
    1: () => tabs.children[0].click(),
    2: () => tabs.children[1].click(),
    3: () => tabs.children[2].click(),
    4: () => tabs.children[3].click(),
    C: () => marked().length === 2 && (location.hash = compareLink()),
    Escape: () => {
      if (!closed && tab === '') closeDetail();
      else if (waterfall.text) {
        search.value = '';
        found(waterfall.search(''));
      } else if (tab) go(['traces', id]);
      else if (alone) return;
      else if (history.length > 1) history.back();
      else go(['traces']);
    },
  };
  return {
    update,
    repaint: () => {
      waterfall.minimap.key = '';
      t && waterfall.redraw();
    },
    key(e) {
      const f = t && keys[e.key];
      if (!f) return false;
      f();
      return true;
    },
    destroy() {
      asked?.abort();
      source.close();
      clearTimeout(timer);
      clearTimeout(again);
      clearTimeout(later);
      t = null;
      panel?.destroy?.();
      waterfall.destroy();
    },
  };
}
