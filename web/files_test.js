// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The page as a whole: what is compiled in, how large it is, what its source must never do.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';

const here = (name) => new URL(name, import.meta.url);
const text = (name) => readFileSync(here(name), 'utf8');
const named = [...text('files.cmake').matchAll(/^ {2}([\w.]+)/gm)].map((m) => m[1]);

test('files.cmake names every file of the page', () => {
  const there = readdirSync(here('.')).filter(
    (f) => /\.(js|css|html|svg)$/.test(f) && !f.endsWith('_test.js'),
  );
  assert.deepEqual([...named].sort(), there.sort());
});

test('the page is at most 150 KB, compressed file by file', () => {
  const size = named.reduce((n, f) => n + gzipSync(readFileSync(here(f))).length, 0);
  console.log(`the page: ${size} bytes, compressed`);
  assert.ok(size <= 150 * 1024, `${size} bytes`);
});

test('text is never parsed as markup, styles and scripts are never inline', () => {
  for (const file of named.filter((f) => f.endsWith('.js'))) {
    assert.doesNotMatch(
      text(file),
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|setAttribute\('style'|[{,] ?style: /,
      file,
    );
  }
  // export.html is not served: it becomes a file of its own, whose parts are all inline.
  assert.doesNotMatch(text('index.html'), / style=| on\w+=|<style|<script(?![^>]* src=)/);
});

test('nothing is fetched from elsewhere', () => {
  for (const file of named)
    assert.doesNotMatch(text(file).replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\//, file);
});

test('modules import what is there', () => {
  for (const file of named.filter((f) => f.endsWith('.js'))) {
    for (const [, names, from] of text(file).matchAll(
      /^import (?:\{([^}]*)\}|\* as \w+) from '\.\/([\w.]+)';/gm,
    )) {
      assert.ok(named.includes(from), `${file}: ${from}`);
      for (const name of (names ?? '')
        .split(',')
        .map((n) => n.trim())
        .filter(Boolean)) {
        assert.match(
          text(from),
          new RegExp(`^export (async )?(function|const|class|let) ${name}\\b`, 'm'),
          `${file}: ${name} of ${from}`,
        );
        assert.ok(text(file).split(new RegExp(`\\b${name}\\b`)).length > 2, `${file} does not use ${name}`);
      }
    }
  }
});

test('what is imported later is there, too', () => {
  const later = [...text('main.js').matchAll(/\(await import\('\.\/([\w.]+)'\)\)\.(\w+)/g)];
  assert.equal(later.length, text('main.js').split('import(').length - 1);
  for (const [, from, name] of later)
    assert.match(text(from), new RegExp(`^export function ${name}\\b`, 'm'), `${from}: ${name}`);
});

// Else the browser learns of a module only when it has read the one that imports it.
test('index.html names every module that main.js needs', () => {
  const needed = new Set(['main.js']);
  for (const file of needed)
    for (const [, other] of text(file).matchAll(/ from '\.\/([\w.]+)';/g)) needed.add(other);
  needed.delete('main.js');
  const preloaded = [...text('index.html').matchAll(/rel="modulepreload" href="\{\{version\}\}\/([\w.]+)"/g)].map((m) => m[1]);
  assert.deepEqual(preloaded, [...needed].sort());
});
