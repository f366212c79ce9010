// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The service map of a time range. A node leads to the traces that went through it.
import * as api from './api.js';
import { el, errorState, loadingState, replace, showUnread } from './dom.js';
import { filterBar } from './filter_bar.js';
import { fromServer, graphPanel } from './graph_panel.js';
import { DEFAULT_RANGE, timeRange } from './route.js';
import { plural, quoted } from './text.js';

export function mapView(main, route, { go, title }) {
  let panel = null;
  let asked = null;
  let query = {};
  const bar = filterBar({
    onChange: (q) =>
      go(['service-map'], { filter: q.filter, timeRange: q.timeRange === DEFAULT_RANGE ? '' : q.timeRange }),
  });
  const summary = el('div.summary', { role: 'status' });
  const place = el('div.place');
  const unreadLine = el('p.unread.faint', { role: 'status', hidden: true });
  main.append(
    el('h1.offscreen', null, 'Service map'),
    bar.node,
    el('div.list-head', null, summary),
    unreadLine,
    place,
  );
  title('Service map');

  async function load() {
    asked?.abort();
    const mine = (asked = new AbortController());
    const range = timeRange(query.timeRange, Date.now() / 1000);
    if (!panel) replace(place, loadingState('the service map'));
    try {
      const reply = await api.graph(
        { filter: query.filter, start: range.start, end: range.end },
        mine.signal,
      );
      const graph = fromServer(reply);
      showUnread(unreadLine, reply.unread);
      panel?.destroy();
      bar.problem(null);
      const narrowed = (term) =>
        go(['traces'], {
          filter: query.filter ? `${query.filter} AND ${term}` : term,
          timeRange: query.timeRange,
        });
      panel = graphPanel({
        graph,
        seconds: range.end - range.start,
        onNode: (n) => narrowed(nodeTerm(n)),
        onEdge: (a, b) =>
          narrowed(a.type === 'client' ? nodeTerm(b) : `edge(${quoted(a.name)}, ${quoted(b.name)})`),
      });
      replace(place, panel.node);
      replace(
        summary,
        el('b', null, plural(graph.nodes.length, 'node')),
        `, ${plural(graph.edges.length, 'edge')}. A node or an edge leads to its traces.`,
      );
    } catch (e) {
      if (e.name === 'AbortError') return;
      if (e.position >= 0) {
        bar.problem(e);
        if (!panel) replace(place);
      } else replace(place, errorState(e, load));
    }
  }

  function update({ query: q }) {
    query = { filter: q.filter ?? '', timeRange: q.timeRange ?? '' };
    bar.set(query);
    load();
  }
  update(route);
  const keys = {
    r: load,
    '+': () => panel?.zoom?.(0.8),
    '-': () => panel?.zoom?.(1.25),
    0: () => panel?.fit?.(),
  };
  return {
    update,
    key(e) {
      if (!keys[e.key]) return false;
      keys[e.key]();
      return true;
    },
    destroy() {
      asked?.abort();
      panel?.destroy();
    },
  };
}

// What finds the traces of a node. A client is whoever began a trace: no filter says that.
const nodeTerm = (n) => `service(${quoted(n.name)})`;
