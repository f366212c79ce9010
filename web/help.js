// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Every key, in a dialog.
import { button, el } from './dom.js';

const KEYS = [
  [
    'Everywhere',
    [
      ['?', 'this help'],
      ['g t  g m  g a  g c  g l', 'traces, service map, arrays, compare, live'],
      ['/', 'filter or search'],
      ['T', 'light or dark'],
      ['Esc', 'back, or leave a field'],
    ],
  ],
  [
    'Lists',
    [
      ['↑ ↓  j k', 'move'],
      ['PgUp  PgDn  Home  End', 'move far'],
      ['Enter', 'open'],
      ['x', 'mark for comparison; two marked: c compares'],
      ['r', 'read again'],
      ['← →', 'in a histogram: move; with Shift: extend; Enter takes it'],
    ],
  ],
  [
    'A trace',
    [
      ['↑ ↓  j k', 'previous, next span'],
      ['← →', 'collapse or to the parent, expand or to the first child'],
      ['[ ]', 'collapse, expand all'],
      ['o p', 'one level less, more'],
      ['e  E', 'next, previous failure'],
      ['n  N', 'next, previous match of the search'],
      ['+ −  0', 'zoom in, out, whole trace'],
      ['a d', 'pan'],
      ['z', 'zoom to the span'],
      ['c', 'critical path'],
      ['h', 'only matches'],
      ['Enter', 'details'],
      ['1 2 3 4', 'timeline, map, table, raw'],
      ['y', 'copy the link'],
      ['x', 'mark for comparison'],
    ],
  ],
];

export function showHelp() {
  // Asked for again while this was fetched.
  if (document.querySelector('dialog[open]')) return;
  const back = document.activeElement;
  const dialog = el(
    'dialog.help',
    {
      'aria-labelledby': 'help-title',
      onclose: () => {
        dialog.remove();
        back?.focus?.();
      },
      onclick: (e) => e.target === dialog && dialog.close(),
    },
    el(
      'div.help-body',
      null,
      el(
        'header',
        null,
        el('h2', { id: 'help-title' }, 'Keys'),
        button('Close', { class: 'quiet', onclick: () => dialog.close() }),
      ),
      el(
        'div.columns',
        null,
        KEYS.map(([title, keys]) =>
          el(
            'section',
            null,
            el('h3', null, title),
            el(
              'dl',
              null,
              keys.map(([key, what]) => [
                el(
                  'dt',
                  null,
                  key.split('  ').map((k) => el('kbd', null, k)),
                ),
                el('dd', null, what),
              ]),
            ),
          ),
        ),
      ),
      el(
        'p.faint',
        null,
        'Filters are X-Ray’s: ',
        el('code', null, 'service("api") { fault } AND duration > 2'),
        ', ',
        el('code', null, 'annotation.spawn_job_array_index = 3'),
        ', ',
        el('code', null, 'http.status = 503'),
        '.',
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
