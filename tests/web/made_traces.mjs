// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Traces for looking at: an hour of a small shop, a job array, one trace of many thousand spans, a broken
// one, a hostile one, one that still runs. The same for the same seed.

export function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const hex = (r, n) => Array.from({ length: n }, () => Math.floor(r() * 16).toString(16)).join('');
export const newTraceId = (r, start) => `1-${Math.floor(start).toString(16).padStart(8, '0')}-${hex(r, 24)}`;

export class Maker {
  constructor(seed, start) {
    this.r = random(seed);
    this.id = newTraceId(this.r, start);
    this.spans = [];
  }
  span(parent, service, name, start, took, more = {}) {
    const span = {
      id: hex(this.r, 16),
      parent: parent?.id ?? null,
      service,
      name,
      kind: 'INTERNAL',
      start,
      end: took === null ? null : start + took,
      error: false,
      fault: false,
      throttle: false,
      ...more,
    };
    this.spans.push(span);
    return span;
  }
}

const aws = (operation, extra = {}) => ({
  kind: 'CLIENT',
  namespace: 'aws',
  aws: { service: operation, operation, region: 'eu-central-1', request_id: 'ZK2XK4NQB3T5W7', ...extra },
  http: { status: 200 },
});

// One request of the shop: web → api → DynamoDB, S3, payment; sometimes something goes wrong.
export function shopTrace(seed, start) {
  const m = new Maker(seed, start);
  const { r } = m;
  const slow = r() < 0.06 ? 8 : 1;
  const bad = r();
  const took = (0.04 + r() * 0.25) * slow;
  const path = ['/cart', '/checkout', '/search', '/item'][Math.floor(r() * 4)];
  const http = (status) => ({
    method: path === '/checkout' ? 'POST' : 'GET',
    url: `https://shop.example${path}`,
    status,
    user_agent: 'Mozilla/5.0',
    client_ip: '203.0.113.7',
    length: 4711,
  });
  const web = m.span(null, 'web', `${path === '/checkout' ? 'POST' : 'GET'} ${path}`, start, took, {
    kind: 'SERVER',
    origin: 'AWS::EC2::Instance',
    http: http(200),
    annotations: { customer: `c${Math.floor(r() * 40)}`, region: 'eu' },
  });
  const call = m.span(web, 'web', 'api', start + took * 0.05, took * 0.9, {
    kind: 'CLIENT',
    namespace: 'remote',
    http: { method: 'GET', url: 'http://api.internal/v1', status: 200 },
  });
  const api = m.span(call, 'api', 'GET /v1', start + took * 0.07, took * 0.85, {
    kind: 'SERVER',
    origin: 'AWS::ECS::Container',
    http: http(200),
  });
  const db = m.span(
    api,
    'api',
    'DynamoDB.GetItem',
    start + took * 0.1,
    took * 0.25,
    aws('GetItem', { table_name: 'carts' }),
  );
  m.span(api, 'api', 'render', start + took * 0.4, took * 0.2, {
    events: [{ name: 'cache miss', time: start + took * 0.45, attributes: { key: 'tpl/cart' } }],
  });
  if (r() < 0.5)
    m.span(
      api,
      'api',
      'S3.GetObject',
      start + took * 0.62,
      took * 0.2,
      aws('GetObject', { bucket_name: 'pictures' }),
    );
  if (path === '/checkout') {
    const pay = m.span(api, 'api', 'payment', start + took * 0.4, took * 0.45, {
      kind: 'CLIENT',
      namespace: 'remote',
      http: { method: 'POST', url: 'https://pay.example/charge', status: 200 },
    });
    if (bad < 0.25) {
      Object.assign(pay, {
        fault: true,
        http: { ...pay.http, status: 503 },
        cause: { type: 'PaymentUnavailable', message: 'the provider answered 503 Service Unavailable' },
        events: [
          {
            name: 'exception',
            time: pay.end - 0.001,
            attributes: {
              'exception.type': 'PaymentUnavailable',
              'exception.message': 'the provider answered 503 Service Unavailable',
              'exception.stacktrace':
                'Traceback (most recent call last):\n  File "shop/checkout.py", line 31, in submit\n  File "shop/payment.py", line 88, in charge\nPaymentUnavailable: the provider answered 503 Service Unavailable',
            },
          },
        ],
      });
      for (const s of [api, call, web]) Object.assign(s, { fault: true, http: { ...s.http, status: 500 } });
    }
  }
  if (bad > 0.95) {
    Object.assign(db, {
      throttle: true,
      error: true,
      http: { status: 400 },
      annotations: { error_type: 'ProvisionedThroughputExceededException' },
      attempts: 3,
    });
    for (let i = 0; i < 3; i++)
      m.span(db, 'api', `attempt ${i + 1}`, db.start + (took * 0.25 * i) / 3, took * 0.05, {
        kind: 'CLIENT',
        throttle: true,
        error: true,
        http: { status: 400 },
        annotations: { error_type: 'ProvisionedThroughputExceededException' },
      });
  } else if (bad > 0.9) {
    for (const s of [api, call, web]) Object.assign(s, { error: true, http: { ...s.http, status: 404 } });
  }
  return m;
}

// A launch and its members, each with boot, run, upload; one slow, one failed, one interrupted, one running.
export function arrayTrace(seed, start, count = 24, now = start + 600) {
  const m = new Maker(seed, start);
  const { r } = m;
  const array = `wordcount-${hex(r, 8)}`;
  const root = m.span(null, 'spawn', 'spawn launch', start, 6.2, {
    annotations: { spawn_job_array_id: array, count },
    origin: 'AWS::EC2::Instance',
  });
  m.span(root, 'spawn', 'EC2.RunInstances', start + 1.1, 2.4, aws('RunInstances'));
  m.span(
    root,
    'spawn',
    'DynamoDB.PutItem',
    start + 0.6,
    0.2,
    aws('PutItem', { table_name: 'spawn-hybrid-registry' }),
  );
  const members = [];
  for (let i = 0; i < count; i++) {
    const began = start + 3.5 + r() * 3;
    const boot = 18 + r() * 9;
    const slow = i === 13 ? 2.7 : i === 5 ? 1.9 : 1;
    const run = (140 + r() * 40) * slow;
    const running = i === 20;
    const failed = i === 7;
    const upload = failed || running ? 0 : 4 + r() * 6;
    const notes = {
      spawn_job_array_id: array,
      spawn_job_array_index: i,
      spawn_instance_id: `i-0${hex(r, 16)}`,
    };
    const total = boot + run + upload;
    const ran = began + boot;
    const member = m.span(root, 'spored', 'spored', began, running ? null : total, {
      kind: 'SERVER',
      origin: 'AWS::EC2::Instance',
      annotations: notes,
      fault: failed,
      aws: { ec2: { instance_id: notes.spawn_instance_id, instance_size: 't3.micro' } },
    });
    m.span(member, 'spored', 'spored boot', began, boot, { annotations: notes });
    const events =
      i === 9
        ? [{ name: 'spot interruption', time: ran + run * 0.4, attributes: { action: 'terminate' } }]
        : [];
    const job = m.span(member, 'spored', 'job wordcount', ran, running ? null : run, {
      annotations: notes,
      fault: failed,
      events,
      ...(failed ? { cause: { type: 'exit status 137', message: 'killed: out of memory' } } : {}),
    });
    for (let k = 0; k < 12; k++) {
      const at = ran + ((k + r() * 0.5) / 12) * run;
      if (at < now)
        m.span(
          job,
          'spored',
          k % 3 === 0 ? 'S3.GetObject' : k % 3 === 1 ? 'S3.PutObject' : 'DynamoDB.UpdateItem',
          at,
          0.05 + r() * 3,
          k === 4 && i % 6 === 0
            ? {
                ...aws('GetObject'),
                error: true,
                http: { status: 404 },
                annotations: { error_type: 'NoSuchKey' },
              }
            : aws('GetObject', { bucket_name: 'words' }),
        );
    }
    if (upload) m.span(member, 'spored', 'upload results', ran + run, upload, { annotations: notes });
    members.push({
      index: i,
      instance: notes.spawn_instance_id,
      trace: m.id,
      start: began,
      end: running ? null : began + total,
      boot: [began, ran],
      run: [ran, running ? null : ran + run],
      upload: upload ? [ran + run, ran + run + upload] : null,
      error: failed,
      exit_code: running ? null : failed ? 137 : 0,
      retries: i === 9 || i === 3 ? 1 : 0,
      interruptions: i === 9 ? 1 : 0,
    });
  }
  return { ...m, array, members };
}

// A tree of n spans, ten wide, with failures here and there.
export function hugeTrace(seed, start, n = 50000) {
  const m = new Maker(seed, start);
  const { r } = m;
  const root = m.span(null, 'scheduler', 'run everything', start, 3600);
  const open = [root];
  const services = ['scheduler', 'worker', 'store', 'index', 'queue', 'cache'];
  for (let at = 0; m.spans.length < n; at++) {
    const p = open[at];
    const length = p.end - p.start;
    for (let k = 0; k < 10 && m.spans.length < n; k++) {
      const from = p.start + (length * (k + r() * 0.3)) / 10;
      const service = r() < 0.7 ? p.service : services[Math.floor(r() * services.length)];
      const s = m.span(
        p,
        service,
        ['fetch', 'parse', 'S3.GetObject', 'merge', 'write', 'DynamoDB.BatchWriteItem'][Math.floor(r() * 6)],
        from,
        (length / 10) * (0.3 + r() * 0.65),
      );
      if (r() < 0.002) Object.assign(s, { fault: true, http: { status: 500 } });
      if (r() < 0.05) s.annotations = { shard: Math.floor(r() * 1000), tenant: `t${Math.floor(r() * 50)}` };
      open.push(s);
    }
  }
  return m;
}

export function brokenTrace(seed, start) {
  const m = new Maker(seed, start);
  const root = m.span(null, 'worker', 'nightly', start, 12);
  m.span(root, 'worker', 'prepare', start + 0.2, 3);
  m.span({ id: 'feedfacefeedface' }, 'worker', 'orphan of a killed program', start + 4, 2);
  m.span({ id: 'feedfacefeedface' }, 'worker', 'its sibling', start + 5, 1.5);
  m.span(root, 'other-host', 'from a clock that is behind', start - 3.2, 2);
  m.span(root, 'worker', 'ended before it began', start + 6, -0.5);
  m.span(root, 'worker', 'call to a silent service', start + 7, 1, {
    kind: 'CLIENT',
    namespace: 'remote',
    http: { method: 'GET', url: 'http://silent.internal/', status: 200 },
  });
  const a = m.span(null, 'worker', 'circle a', start + 8, 1);
  const b = m.span(a, 'worker', 'circle b', start + 8.2, 0.5);
  a.parent = b.id;
  m.span(root, 'worker', 'never ended', start + 9, null);
  return m;
}

export function hostileTrace(seed, start, bytes = 10_000_000) {
  const m = new Maker(seed, start);
  const html = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
  const root = m.span(null, html, html, start, 5, {
    http: { method: 'GET', url: 'javascript:document.title="owned"' },
    annotations: { [`<b>${'k'.repeat(300)}`]: html, ok: '\u202egnp.exe\u202c' },
    metadata: { __proto__x: html },
  });
  m.span(
    root,
    'right\u202eot-left',
    '\u202e\u2066reversed\u2069 \u0007\u001b[31mred\u001b[0m',
    start + 0.5,
    1,
  );
  m.span(root, 'long', 'A'.repeat(bytes), start + 1, 1);
  m.span(root, 'emoji 👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦'.repeat(500), start + 2, 1);
  m.span(root, '', '', start + 3, 1);
  m.span(root, 'عربى', 'اسم طويل من اليمين', start + 3.5, 1, {
    fault: true,
    cause: { type: html, message: `${html}\n`.repeat(2000) },
    events: [
      {
        name: 'exception',
        time: start + 4,
        attributes: { 'exception.type': html, 'exception.stacktrace': `${html}\n`.repeat(3000) },
      },
    ],
    links: [{ trace: html, span: html, attributes: { [html]: html } }],
  });
  return m;
}
