// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Filter expression, or the id of a trace to open, time range, and where a typo is. Used by the list and the service map.
import { button, el, replace } from './dom.js';
import { RANGES, formatRoute, timeRange } from './route.js';
import { clock, day, traceId, visible } from './text.js';

const QUICK = [
  ['fault', 'Faults'],
  ['error', 'Errors'],
  ['throttle', 'Throttled'],
  ['partial', 'Running'],
];

// onChange({filter, timeRange}); words() gives what may be completed.
export function filterBar({ onChange, words = () => [] }) {
  const problem = el('div.typo', { id: 'filter-problem', role: 'alert', hidden: true });
  const input = el('input', {
    type: 'text',
    spellcheck: 'false',
    autocomplete: 'off',
    autocapitalize: 'off',
    'aria-label': 'Filter expression',
    'aria-describedby': 'filter-problem',
    placeholder: 'Filter, for example  service("api") { fault } AND duration > 2, or a trace id',
    'data-search': '',
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-controls': 'filter-words',
    'aria-autocomplete': 'list',
  });
  const menu = el('ul.words', {
    id: 'filter-words',
    role: 'listbox',
    'aria-label': 'Completions',
    hidden: true,
  });
  const range = el(
    'select',
    { 'aria-label': 'Time range', onchange: () => change() },
    RANGES.map(([value, text]) => el('option', { value }, text)),
  );
  const quick = QUICK.map(([word, text]) =>
    button(text, {
      class: `chip ${word === 'partial' ? 'running' : word}`,
      'aria-pressed': 'false',
      onclick: () => {
        const terms = input.value.trim();
        const has = hasTerm(terms, word);
        input.value = has
          ? terms
              .replace(new RegExp(`(^|\\s)(AND\\s+)?${word}(?=\\s|$)`, 'i'), '')
              .replace(/^\s*AND\s+/i, '')
              .trim()
          : terms
            ? `${terms} AND ${word}`
            : word;
        change();
      },
    }),
  );
  const change = () => {
    const id = traceId(input.value);
    if (id) location.hash = formatRoute(['traces', id]);
    else onChange({ filter: input.value.trim(), timeRange: range.value });
  };
  completion(input, menu, words);
  const form = el(
    'form.filter',
    {
      role: 'search',
      onsubmit: (e) => {
        e.preventDefault();
        change();
      },
    },
    el(
      'div.field',
      null,
      input,
      menu,
      button('×', {
        class: 'clear quiet',
        'aria-label': 'Clear the filter',
        onclick: () => {
          input.value = '';
          change();
          input.focus();
        },
      }),
    ),
    range,
    el('button.primary', { type: 'submit' }, 'Run'),
  );
  return {
    node: el(
      'div.filter-bar',
      null,
      form,
      el('div.chips', { role: 'group', 'aria-label': 'Common filters' }, quick),
      problem,
    ),
    input,
    set({ filter = '', timeRange: text = '' }) {
      if (document.activeElement !== input || input.value.trim() !== filter) input.value = filter;
      const r = timeRange(text, Date.now() / 1000);
      range.querySelector('[data-own]')?.remove();
      if (![...range.options].some((o) => o.value === r.text)) {
        const own = el(
          'option',
          { value: r.text, 'data-own': '' },
          r.relative ? r.text : `${day(r.start)} ${clock(r.start, false)} – ${clock(r.end, false)}`,
        );
        range.append(own);
      }
      range.value = r.text;
      quick.forEach((b, i) => b.setAttribute('aria-pressed', hasTerm(filter, QUICK[i][0])));
      this.problem(null);
    },
    // Shows an error of the server under the place it speaks of.
    problem(error) {
      problem.hidden = !error;
      input.setAttribute('aria-invalid', Boolean(error));
      if (!error) return;
      const text = input.value;
      const at = error.position;
      replace(
        problem,
        at >= 0 &&
          el(
            'pre',
            { 'aria-hidden': 'true' },
            visible(text.slice(Math.max(0, at - 60), at)),
            el('mark', null, visible(text.slice(at, at + Math.max(1, error.length)) || ' ', 40)),
            visible(text.slice(at + Math.max(1, error.length), at + 60)),
          ),
        el('p', null, visible(error.message, 500), at >= 0 && ` (at character ${at + 1})`),
      );
    },
  };
}

const hasTerm = (filter, word) =>
  new RegExp(`(^|\\s|\\()${word}(?=\\s|\\)|$)`, 'i').test(filter.replace(/"[^"]*"|\{[^}]*\}/g, '""'));

const KEYWORDS = [
  'ok',
  'error',
  'fault',
  'throttle',
  'partial',
  'duration',
  'responsetime',
  'http.status',
  'http.url',
  'http.method',
  'http.useragent',
  'http.clientip',
  'user',
  'service("")',
  'edge("", "")',
  'instance.id',
  'availabilityzone',
  'resource.arn',
  'AND',
  'OR',
  'CONTAINS',
  'BEGINSWITH',
  'ENDSWITH',
];

// Completes the word before the caret; arrows choose, Tab or Enter takes.
function completion(input, menu, words) {
  let options = [];
  let at = -1;
  const word = () => /[\w.(")-]*$/.exec(input.value.slice(0, input.selectionStart))[0];
  const close = () => {
    menu.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const take = (i) => {
    const typed = word();
    const end = input.selectionStart;
    input.setRangeText(options[i], end - typed.length, end, 'end');
    const inside = options[i].indexOf('""');
    if (inside >= 0) input.selectionStart = input.selectionEnd = end - typed.length + inside + 1;
    close();
  };
  const paint = () => {
    replace(
      menu,
      options.map((o, i) =>
        el(
          'li',
          {
            role: 'option',
            id: `word${i}`,
            'aria-selected': String(i === at),
            onpointerdown: (e) => {
              e.preventDefault();
              take(i);
            },
          },
          visible(o, 80),
        ),
      ),
    );
    menu.hidden = options.length === 0;
    input.setAttribute('aria-expanded', String(!menu.hidden));
    if (at >= 0) input.setAttribute('aria-activedescendant', `word${at}`);
  };
  input.addEventListener('input', () => {
    const typed = word().toLowerCase();
    options =
      typed.length === 0
        ? []
        : [...new Set([...KEYWORDS, ...words()])]
            .filter((w) => w.toLowerCase().startsWith(typed) && w !== typed)
            .slice(0, 8);
    at = -1;
    if (options.length === 0) close();
    else paint();
  });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (e) => {
    if (menu.hidden) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      at =
        e.key === 'ArrowDown'
          ? (at + 1) % options.length
          : (Math.max(at, 0) + options.length - 1) % options.length;
      paint();
    } else if (e.key === 'Escape') close();
    else if ((e.key === 'Enter' && at >= 0) || e.key === 'Tab') take(Math.max(0, at));
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
}
