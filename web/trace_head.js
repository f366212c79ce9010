// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What is to know about a trace before its spans: state, name, length, services, and what is wrong with it.
import { button, copy, copyButton, el, given, replace, stateBadge } from './dom.js';
import { marked } from './marks.js';
import { findProblems } from './problems.js';
import { formatRoute } from './route.js';
import { duration, plural, stamp } from './text.js';
import { state } from './trace.js';

// Gives {nodes, paint(t, notes), paintFigures(t)}. `alone`: there are no other views to go to.
export function traceHead({ id, alone, color, onMark, onProblem }) {
  const head = el('div.trace-head');
  const figures = el('span.figures');
  const problems = el('div.problems');

  function paintFigures(t) {
    const bad = t.failures.length;
    const services = new Set(t.spans.map((s) => s.service)).size;
    replace(
      figures,
      el('b', null, `${duration(t.to - t.from)}${t.running > 0 ? '…' : ''}`),
      ` · ${stamp(t.from)} · ${plural(t.n, 'span')} · ${plural(services, 'service')}`,
      t.running > 0 && ` · ${t.running} running`,
      bad > 0 && el('span.fault', null, ` · ${plural(bad, 'failure')}`),
    );
  }

  function paint(t, notes) {
    const root = t.spans[0];
    const name = root?.name ?? id;
    const arrayId = t.spans.find((s) => s.annotations?.spawn_job_array_id)?.annotations.spawn_job_array_id;
    const whole = t.failures.length === 0 ? (t.running > 0 ? 'running' : 'ok') : traceState(t);
    paintFigures(t);
    replace(
      head,
      el(
        'div.line',
        null,
        stateBadge(whole),
        el('h1', null, given(name, 200)),
        figures,
        el('span.grow'),
        !alone && arrayId && el('a.chip', { href: formatRoute(['arrays', arrayId]) }, 'Job array'),
        !alone &&
          button(marked().includes(id) ? 'Marked' : 'Mark to compare', {
            class: 'quiet',
            title: 'Mark for comparison (x)',
            onclick: onMark,
          }),
        !alone &&
          button('Copy link', {
            class: 'quiet',
            title: 'Copy the link (y)',
            onclick: () => copy(location.href, 'Link'),
          }),
      ),
      el(
        'div.line.ids',
        null,
        el('code', null, id),
        copyButton(() => id, 'Trace id'),
        legend(t),
      ),
    );
    const list = findProblems(t, { id, notes });
    const open = problems.querySelector('details')?.open ?? false;
    replace(
      problems,
      list.length > 0 &&
        el(
          'details',
          { open },
          el(
            'summary',
            null,
            `${plural(list.length, 'thing')} to know about this trace: `,
            el('span', null, list.map((p) => p.title).join(' · ')),
          ),
          el(
            'ul',
            null,
            list.map((p) =>
              el(
                'li',
                null,
                el('b', null, p.title),
                ' ',
                p.text,
                ' ',
                button('Show', {
                  class: 'quiet small',
                  'aria-label': `Show: ${p.title}`,
                  onclick: () => onProblem(p),
                }),
              ),
            ),
          ),
        ),
    );
  }

  // Services, those with the most spans first.
  function legend(t) {
    const by = new Map();
    for (let r = 0; r < t.n; r++) {
      const s = t.spans[r].service ?? '';
      color(s);
      by.set(s, (by.get(s) ?? 0) + 1);
    }
    const list = [...by].sort((a, b) => b[1] - a[1]);
    return el(
      'span.legend',
      null,
      list
        .slice(0, 8)
        .map(([name]) =>
          el(`span.service.c${color(name)}`, null, el('i', { 'aria-hidden': 'true' }), given(name, 40)),
        ),
      list.length > 8 && el('small', null, `+${list.length - 8}`),
    );
  }

  return { nodes: [head, problems], paint, paintFigures };
}

// The worst of a trace.
function traceState(t) {
  let worst = 'error';
  for (const r of t.failures) {
    const s = state(t.spans[r]);
    if (s === 'fault') return 'fault';
    if (s === 'throttle') worst = s;
  }
  return worst;
}
