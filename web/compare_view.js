// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Two traces beside each other: one tree with both bars on a common axis from their starts, and the names
// whose time changed most.
import * as api from './api.js';
import { compareNames, compareTraces } from './compare_traces.js';
import { dataTable } from './data_table.js';
import {
  button,
  colors,
  el,
  emptyState,
  errorState,
  given,
  link,
  loadingState,
  replace,
  setGiven,
  setStateMark,
  showTicks,
  stateMark,
  svg,
} from './dom.js';
import { marked } from './marks.js';
import { formatRoute } from './route.js';
import { ticks } from './scale.js';
import { count, duration, plural, stamp, traceId } from './text.js';
import { NONE, buildTrace, state } from './trace.js';
import { VirtualRows } from './virtual_rows.js';

export function compareView(main, route, { go, title }) {
  const color = colors();
  let asked = null;
  let sides = null; // [a, b]
  let rows = [];
  let shown = [];
  let onlyChanges = false;
  let width = 0;
  let longest = 1;
  let table = false;
  const place = el('div.place');
  const inputs = ['A', 'B'].map((side) =>
    el('input', {
      type: 'text',
      spellcheck: 'false',
      'aria-label': `Trace ${side}`,
      placeholder: '1-69573385-a1b2c3d4e5f60718293a4b5c',
    }),
  );
  const form = el(
    'form.compare-form',
    {
      onsubmit: (e) => {
        e.preventDefault();
        go(['compare'], {
          a: traceId(inputs[0].value) || inputs[0].value,
          b: traceId(inputs[1].value) || inputs[1].value,
        });
      },
    },
    ['A', 'B'].map((side, i) => el('label', null, el(`b.side.${side.toLowerCase()}`, null, side), inputs[i])),
    button('Swap', {
      class: 'quiet',
      onclick: () => go(['compare'], { a: inputs[1].value, b: inputs[0].value }),
    }),
    el('button.primary', { type: 'submit' }, 'Compare'),
  );
  const axis = svg('svg.ruler', { 'aria-hidden': 'true' });
  const head = el(
    'div.cells',
    { role: 'row', 'aria-rowindex': 1 },
    [
      ['span', 'Span'],
      ['took', 'A'],
      ['took', 'B'],
      ['took', 'Change'],
    ].map(([c, t]) => el(`div.cell.${c}`, { role: 'columnheader' }, t)),
    el('div.cell.lane', { role: 'columnheader' }, el('span.offscreen', null, 'Timeline'), axis),
  );
  const grid = new VirtualRows({
    label: 'Spans of both traces',
    role: 'treegrid',
    rowHeight: 30,
    head,
    make: makeRow,
    fill: fillRow,
    onOpen: (i) => openRow(i),
  });
  grid.node.classList.add('compare');
  grid.onResize = () => {
    if (sides && head.lastChild.clientWidth !== width) drawAxis();
  };
  main.append(el('h1.offscreen', null, 'Compare two traces'), form, place);

  async function load(a, b) {
    asked?.abort();
    asked = new AbortController();
    replace(place, loadingState('both traces'));
    try {
      const replies = await Promise.all([a, b].map((id) => api.trace(id, asked.signal)));
      const now = Date.now() / 1000;
      sides = replies.map((r) => buildTrace(r.spans, now));
      rows = compareTraces(...sides);
      longest = Math.max(1e-6, ...sides.map((t) => t.to - t.from));
      paint();
    } catch (e) {
      if (e.name !== 'AbortError')
        replace(
          place,
          errorState(e, () => load(a, b)),
        );
    }
  }

  const took = (side, row) => (row === NONE ? NaN : sides[side].end[row] - sides[side].start[row]);
  function changed(p) {
    const [x, y] = [took(0, p.a), took(1, p.b)];
    return (
      !(Math.abs(x - y) < Math.max(0.001, 0.1 * Math.max(x, y))) ||
      state(spanOf(p, 0) ?? {}) !== state(spanOf(p, 1) ?? {})
    );
  }
  const spanOf = (p, side) =>
    side === 0 ? (p.a === NONE ? null : sides[0].spans[p.a]) : p.b === NONE ? null : sides[1].spans[p.b];

  function paint() {
    const [a, b] = sides;
    const onlyA = rows.filter((p) => p.b === NONE).length;
    const onlyB = rows.filter((p) => p.a === NONE).length;
    const difference = b.to - b.from - (a.to - a.from);
    title('Compare');
    const heading = el(
      'div.compare-head',
      null,
      sides.map((t, i) =>
        el(
          'div',
          null,
          el(`b.side.${'ab'[i]}`, null, 'AB'[i]),
          el(
            'div',
            null,
            link(formatRoute(['traces', inputs[i].value]), given(t.spans[0]?.name ?? inputs[i].value, 80)),
            el(
              'small',
              null,
              `${duration(t.to - t.from)} · ${stamp(t.from, false)} · ${plural(t.n, 'span')} · ${plural(t.failures.length, 'failure')}`,
            ),
          ),
        ),
      ),
      el(
        'div.verdict',
        null,
        el(
          'b',
          null,
          difference === 0
            ? 'B took as long'
            : `B took ${duration(Math.abs(difference))} ${difference > 0 ? 'longer' : 'less'}`,
        ),
        el(
          'small',
          null,
          `${count(rows.length - onlyA - onlyB)} spans in both, ${count(onlyA)} only in A, ${count(onlyB)} only in B`,
        ),
      ),
      el('span.grow'),
      button('Only changes', {
        class: 'toggle',
        'aria-pressed': String(onlyChanges),
        title: 'Hide what differs by less than a tenth (h)',
        onclick: toggleChanges,
      }),
      button('By name', {
        class: 'toggle',
        'aria-pressed': String(table),
        title: 'Totals by name (3)',
        onclick: toggleTable,
      }),
    );
    shown = onlyChanges ? rows.filter(changed) : rows;
    replace(place, heading, table ? nameTable() : grid.node);
    if (!table) {
      drawAxis();
      if (grid.current < 0) grid.moveTo(0, { quiet: true });
    }
  }

  function toggleChanges() {
    onlyChanges = !onlyChanges;
    paint();
  }
  function toggleTable() {
    table = !table;
    paint();
  }

  function drawAxis() {
    width = head.lastChild.clientWidth;
    const at = ticks(0, longest, Math.max(2, Math.floor(width / 90)));
    showTicks(grid.node, at, x);
    replace(
      axis,
      at.map((v) => [svg('path', { d: `M${x(v)},0V40` }), svg('text', { x: x(v) + 4, y: 15 }, duration(v))]),
    );
    grid.setCount(shown.length);
  }
  const x = (time) => Number(((time / longest) * width).toFixed(1));

  function makeRow() {
    return el(
      'div.cells',
      null,
      el(
        'div.cell.span',
        { role: 'gridcell' },
        el('span.guides', { 'aria-hidden': 'true' }),
        stateMark('ok'),
        el('span.service-name', null, el('i', { 'aria-hidden': 'true' }), el('bdi')),
        el('bdi.name'),
        el('small.more'),
      ),
      el('div.cell.took', { role: 'gridcell' }),
      el('div.cell.took', { role: 'gridcell' }),
      el('div.cell.took.change', { role: 'gridcell' }),
      el(
        'div.cell.lane',
        { role: 'gridcell' },
        svg(
          'svg.bars',
          { 'aria-hidden': 'true' },
          svg('rect.bar.a', { y: 5, height: 9, rx: 2 }),
          svg('rect.bar.b', { y: 16, height: 9, rx: 2 }),
        ),
      ),
    );
  }

  function fillRow(row, i) {
    const p = shown[i];
    const [name, a, b, change, lane] = row.children;
    const [guides, mark, service, text, more] = name.children;
    guides.style.width = `${Math.min(p.depth, 12) * 14}px`;
    const states = [0, 1]
      .map((side) => spanOf(p, side))
      .filter(Boolean)
      .map(state);
    setStateMark(mark, states.find((s) => s !== 'ok') ?? 'ok');
    row.setAttribute('aria-level', p.depth + 1);
    row.className = `cells c${color(p.service ?? '')}${p.a === NONE ? ' only-b' : p.b === NONE ? ' only-a' : ''}`;
    setGiven(service.lastChild, p.service ?? '', 40);
    setGiven(text, p.name, 120);
    more.textContent =
      p.a === NONE
        ? 'only in B'
        : p.b === NONE
          ? 'only in A'
          : states[0] !== states[1]
            ? `${states[0]} → ${states[1]}`
            : '';
    const [ta, tb] = [took(0, p.a), took(1, p.b)];
    a.textContent = p.a === NONE ? '' : duration(ta);
    b.textContent = p.b === NONE ? '' : duration(tb);
    const d = tb - ta;
    const much = Math.abs(d) > Math.max(0.001, 0.1 * Math.max(ta, tb));
    change.textContent = Number.isFinite(d) && much ? `${d > 0 ? '▲ +' : '▼ '}${duration(d)}` : '';
    change.className = `cell took change${much ? (d > 0 ? ' slower' : ' faster') : ''}`;
    [
      [0, p.a],
      [1, p.b],
    ].forEach(([side, r]) => {
      const bar = lane.firstChild.children[side];
      const t = sides[side];
      bar.setAttribute('x', r === NONE ? 0 : x(t.start[r] - t.from));
      bar.setAttribute('width', r === NONE ? 0 : Math.max(1.5, x(t.end[r]) - x(t.start[r])));
    });
  }

  function openRow(i) {
    const p = shown[i];
    const side = p.b !== NONE ? 1 : 0;
    go(['traces', inputs[side].value], { span: spanOf(p, side).id });
  }

  function nameTable() {
    return dataTable({
      label: 'Totals by name',
      caption: 'Totals by name, greatest change first',
      columns: [
        'Span',
        'Service',
        'Count A',
        'Count B',
        'Self A',
        'Self B',
        'Change of self',
        'Total A',
        'Total B',
      ],
      rows: compareNames(...sides),
      most: 500,
      cells: (r) => [
        given(r.name, 100),
        given(r.service, 60),
        count(r.countA),
        count(r.countB),
        duration(r.selfA),
        duration(r.selfB),
        el(
          `td.${r.selfB > r.selfA ? 'slower' : 'faster'}`,
          null,
          r.selfA === r.selfB ? '' : `${r.selfB > r.selfA ? '▲ +' : '▼ '}${duration(r.selfB - r.selfA)}`,
        ),
        duration(r.totalA),
        duration(r.totalB),
      ],
    });
  }

  function update({ query }) {
    const ids = marked();
    const [a, b] = [query.a || ids[0] || '', query.b || ids[1] || ''];
    inputs[0].value = a;
    inputs[1].value = b;
    sides = null;
    title('Compare');
    if (a && b) load(a, b);
    else
      replace(
        place,
        emptyState(
          'Which two?',
          el(
            'p',
            null,
            'Mark two traces in the ',
            link('#/traces', 'list'),
            ' (key ',
            el('kbd', null, 'x'),
            '), or write their ids above.',
          ),
        ),
      );
  }
  update(route);
  return {
    update,
    key(e) {
      if (!sides) return false;
      if (e.key === 'h') toggleChanges();
      else if (e.key === '3') toggleTable();
      else if (e.key === 'Escape') history.back();
      else if (['ArrowDown', 'ArrowUp', 'j', 'k', 'Enter'].includes(e.key) && e.target === document.body) {
        grid.node.focus();
        if (e.key === 'Enter') openRow(grid.current);
      } else return false;
      return true;
    },
    destroy() {
      asked?.abort();
      grid.destroy();
    },
  };
}
