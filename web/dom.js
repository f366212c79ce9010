// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Making elements. Text is only ever text: nothing here or elsewhere parses HTML. Styles are set through
// the object model, which the page's Content-Security-Policy allows.
import { plural, visible } from './text.js';

const SVG = 'http://www.w3.org/2000/svg';

// el('div.row.error', {onclick, role, 'aria-label', hidden, …}, children…). A child is a node, a text, or
// null for none.
export function el(kind, props, ...children) {
  const [tag, ...classes] = kind.split('.');
  const node = document.createElement(tag || 'div');
  if (classes.length > 0) node.className = classes.join(' ');
  return fill(node, props, children);
}

export function svg(kind, props, ...children) {
  const [tag, ...classes] = kind.split('.');
  const node = document.createElementNS(SVG, tag);
  if (classes.length > 0) node.setAttribute('class', classes.join(' '));
  return fill(node, props, children);
}

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'value' || key === 'checked' || key === 'disabled') node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child);
  }
  return node;
}

export function replace(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

// Text from a trace: cut, made visible, and kept from turning the text around it.
export function given(text, max = 200, kind = 'bdi') {
  const node = el(kind);
  if (kind !== 'bdi') node.setAttribute('dir', 'auto');
  return setGiven(node, text, max);
}
export function setGiven(node, text, max = 200) {
  const shown = visible(text, max);
  if (node.textContent !== shown) node.textContent = shown;
  return node;
}

export const STATE_NAMES = {
  ok: 'OK',
  error: 'Error',
  fault: 'Fault',
  throttle: 'Throttled',
  running: 'Running',
};

// A state as a shape of its own, named for those who do not see it.
export function stateMark(state) {
  return setStateMark(el('i', { role: 'img' }), state);
}
export function setStateMark(node, state) {
  node.className = `mark ${state}`;
  node.setAttribute('aria-label', STATE_NAMES[state]);
  return node;
}
// Shape and word.
export const stateBadge = (state) =>
  el(`span.badge.${state}`, null, el(`i.mark.${state}`, { 'aria-hidden': 'true' }), STATE_NAMES[state]);

export function button(text, props) {
  return el('button', { type: 'button', ...props }, text);
}

export function link(href, ...children) {
  return el('a', { href }, ...children);
}

// Says it to those who hear the page, and shows it for a moment.
export function say(text, { shown = true } = {}) {
  const place = document.getElementById('said');
  place.textContent = text;
  place.classList.toggle('shown', shown);
  clearTimeout(place.timer);
  place.timer = setTimeout(() => place.classList.remove('shown'), 2500);
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
  } catch {
    // No clipboard without permission: select it, so that the browser's own key does it.
    const area = el('textarea.offscreen', { 'aria-label': what });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    say(done ? `${what} copied` : `${what} could not be copied`);
  }
}

export function copyButton(text, what) {
  return button('Copy', {
    class: 'quiet small',
    'aria-label': `Copy ${what}`,
    onclick: () => copy(text(), what),
  });
}

export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// Colours of services: by order of first appearance in what is shown, so that they do not repeat early.
export const SERVICE_COLORS = 10;

export function emptyState(title, ...body) {
  return el('div.empty', null, el('h2', null, title), ...body);
}

// A command whose words come later.
export function commandLine(words) {
  const node = el('pre', null, ' ');
  words.then(
    (text) => (node.textContent = text),
    () => node.remove(),
  );
  return node;
}

export function errorState(error, again) {
  return el(
    'div.empty.failed',
    { role: 'alert' },
    el('h2', null, error.title ?? 'This did not work'),
    given(error.message, 2000, 'p'),
    again && button('Try again', { onclick: again }),
  );
}

// Of what a list or a map leaves out.
export function showUnread(node, unread) {
  node.hidden = !unread;
  if (unread) setGiven(node, `${plural(unread.count, 'trace')} could not be read: ${unread.reason}`, 500);
}

export function loadingState(what) {
  return el(
    'div.loading',
    { role: 'status' },
    el('span.spinner', { 'aria-hidden': 'true' }),
    `Loading ${what}…`,
  );
}

export const reducedMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

// When what is drawn with the next frame is on the screen.
export const painted = () =>
  new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

// Calls f at most once a frame.
export function onFrame(f) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      f();
    });
  };
}

// Turns a name into the same colour number in one view.
export function colors() {
  const known = new Map();
  return (name) => {
    let n = known.get(name);
    if (n === undefined) known.set(name, (n = known.size % SERVICE_COLORS));
    return n;
  };
}

// Canvas of the element's size in device pixels; draws in CSS pixels.
export function prepare(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const g = canvas.getContext('2d');
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, width, height);
  return g;
}

export const cssColor = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// The lines of an axis down the rows of a grid: at = where its ticks are, x = their pixels.
export function showTicks(node, at, x) {
  node.style.setProperty('--tick', at.length > 1 ? `${x(at[1]) - x(at[0])}px` : '100%');
  node.style.setProperty('--tick-at', at.length > 0 ? `${x(at[0])}px` : '0');
}
