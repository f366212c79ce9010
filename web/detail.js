// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Everything about one span: times, what was called and came back, what went wrong, attempts, annotations,
// attributes, events, links, raw JSON.
import { button, copyButton, el, given, link, replace, stateBadge } from './dom.js';
import { formatRoute } from './route.js';
import { count, duration, plural, quoted, stamp, traceId, visibleLines } from './text.js';
import { NONE, outcome, state } from './trace.js';

// actions: {select(row), filter(expression), close()}; without filter there is nowhere else to go.
export function showDetail(place, t, row, { pathTime = 0, resource, ...actions }) {
  const span = t.spans[row];
  const parent = t.parent[row];
  const took = t.end[row] - t.start[row];
  replace(
    place,
    el(
      'header',
      null,
      stateBadge(state(span)),
      given(span.name, 300, 'h2'),
      button('×', {
        class: 'quiet close',
        'aria-label': 'Close the details',
        title: 'Close (Esc)',
        onclick: actions.close,
      }),
    ),
    el(
      'div.figures',
      null,
      figure('Duration', span.end == null ? `${duration(took)}…` : duration(took)),
      figure('Self time', duration(t.self[row])),
      figure('After start', duration(t.start[row] - t.from)),
      figure('On critical path', pathTime > 0 ? duration(pathTime) : 'no'),
    ),
    facts([
      ['Service', span.service],
      ['Kind', span.kind?.toLowerCase?.()],
      ['Origin', span.origin],
      ['Started', stamp(span.start)],
      ['Ended', span.end == null ? 'not yet' : stamp(span.end)],
      ['Span id', span.id, 'copy'],
      [
        'Parent',
        span.parent &&
          (parent === NONE
            ? el('span', null, el('code', null, span.parent), ' not in this trace')
            : spanLink(t, parent, actions)),
      ],
    ]),
    causes(span),
    section('HTTP', facts(httpFacts(span.http) ?? [])),
    section(
      'AWS',
      facts(
        Object.entries(span.aws ?? {}).map(([k, v]) => [
          k.replaceAll('_', ' '),
          v,
          /id$/.test(k) ? 'copy' : '',
        ]),
      ),
    ),
    attempts(t, row, actions),
    section(
      'Annotations',
      facts(
        Object.entries(span.annotations ?? {}).map(([k, v]) => [
          k,
          el('span', null, given(v, 2000), ' ', search(k, v, actions)),
        ]),
      ),
    ),
    section('Attributes', facts(Object.entries(span.metadata ?? {}))),
    section('Resource', facts(Object.entries(resource ?? {})), { open: false }),
    events(span, t),
    links(span.links, actions),
    section('Raw', raw(span)),
  );
}

const figure = (name, value) => el('div', null, el('span', null, name), el('b', null, value));

// Long strings are cut; the raw JSON has more of them.
function facts(list) {
  const rows = list.filter(
    ([, value]) => value !== undefined && value !== null && value !== '' && value !== false,
  );
  return rows.length === 0
    ? null
    : el(
        'dl.facts',
        null,
        rows.map(([key, value, how]) => [
          given(key, 100, 'dt'),
          el(
            'dd',
            null,
            value instanceof Node
              ? value
              : given(typeof value === 'object' ? JSON.stringify(value) : value, 2000),
            how === 'copy' && copyButton(() => String(value), key),
          ),
        ]),
      );
}

function section(title, body, { open = true, note = '' } = {}) {
  return (
    body && el('details.section', { open }, el('summary', null, title, note && el('small', null, note)), body)
  );
}

function spanLink(t, row, { select }) {
  return button(given(t.spans[row].name, 100), { class: 'as-link', onclick: () => select(row) });
}

function search(key, value, { filter }) {
  if (!filter) return null;
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : quoted(value);
  return (
    text.length < 300 &&
    button('Find', {
      class: 'quiet small',
      'aria-label': 'Find traces with this value',
      title: `annotation.${key} = …`,
      onclick: () => filter(`annotation.${key} = ${text}`),
    })
  );
}

function httpFacts(http) {
  return (
    http && [
      ['Request', [http.method, http.url].filter(Boolean).join(' ')],
      ['Response', http.status],
      ['Length', Number.isFinite(http.length) ? `${count(http.length)} bytes` : null],
      ['User agent', http.user_agent],
      ['Client', http.client_ip],
    ]
  );
}

// The cause, and the exceptions that were recorded as events with their stacks.
function causes({ cause, events = [] }) {
  const list = events
    .filter((e) => e.name === 'exception')
    .map(({ attributes: a = {} }) => ({
      type: a['exception.type'],
      message: a['exception.message'],
      stack: a['exception.stacktrace'],
    }));
  if (cause && !list.some((e) => e.type === cause.type && e.message === cause.message)) list.unshift(cause);
  if (list.length === 0) return null;
  return section(
    list.length === 1 ? 'What went wrong' : `What went wrong: ${plural(list.length, 'exception')}`,
    el(
      'div',
      null,
      list
        .slice(0, 20)
        .map((e) =>
          el(
            'div.exception',
            null,
            given(e.type || 'Error', 200, 'b'),
            e.message && el('p.message', { dir: 'auto', tabindex: '0' }, visibleLines(e.message, 5000)),
            e.stack &&
              el('pre.stack', { tabindex: '0', 'aria-label': 'Stack' }, visibleLines(e.stack, 20000)),
          ),
        ),
    ),
  );
}

// The tries of an AWS call are spans below it.
function attempts(t, row, { select }) {
  const list = [];
  for (let r = row + 1; r < t.last[row]; r = t.last[r])
    if (/^attempt \d+$/.test(t.spans[r].name)) list.push(r);
  if (list.length === 0) return null;
  return section(
    plural(list.length, 'Attempt'),
    el(
      'ol.attempts',
      null,
      list
        .slice(0, 50)
        .map((r, i) =>
          el(
            'li',
            null,
            stateBadge(state(t.spans[r])),
            button(t.spans[r].name, { class: 'as-link', onclick: () => select(r) }),
            el('span', null, duration(t.end[r] - t.start[r])),
            given(outcome(t.spans[r]), 100, 'span'),
            i > 0 && el('small', null, `waited ${duration(Math.max(0, t.start[r] - t.end[list[i - 1]]))}`),
          ),
        ),
    ),
  );
}

function events(span, t) {
  const list = (span.events ?? []).filter((e) => e.name !== 'exception' || !e.attributes?.['exception.type']);
  if (list.length === 0) return null;
  return section(
    plural(list.length, 'Event'),
    el(
      'ol.event-list',
      null,
      list
        .slice(0, 500)
        .map((e) =>
          el(
            'li',
            null,
            el('time', null, `+${duration(e.time - t.from)}`),
            given(e.name, 200, 'b'),
            facts(Object.entries(e.attributes ?? {})),
          ),
        ),
    ),
  );
}

function links(list, { filter }) {
  if (!list || list.length === 0) return null;
  return section(
    'Links',
    el(
      'ul.link-list',
      null,
      list.slice(0, 200).map((l) => {
        const id = traceId(l.trace ?? '');
        return el(
          'li',
          null,
          id && filter
            ? link(formatRoute(['traces', id], { span: l.span }), el('code', null, id))
            : given(l.trace ?? '', 60),
          ' ',
          el('small', null, given(l.span ?? '', 20)),
          facts(Object.entries(l.attributes ?? {})),
        );
      }),
    ),
  );
}

// Written only when it is opened; cut for display, whole in the clipboard.
function raw(span) {
  const text = () => JSON.stringify(span, null, 2);
  const body = el(
    'pre.json',
    { tabindex: '0', 'aria-label': 'The span as JSON', dir: 'ltr' },
    visibleLines(text(), 30000),
  );
  return el('div', null, copyButton(text, 'the span as JSON'), body);
}
