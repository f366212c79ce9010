// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Stands for api.js in a trace that was exported into one file: what the server would answer is in the
// element "data" as {"trace": …, "graph": …, "now": …}, as the API gives them, and when (epoch seconds).
const data = JSON.parse(document.getElementById('data').textContent);

export const { now } = data;
export const trace = async () => data.trace;
export const traceGraph = async () => data.graph;
export const live = () => ({ close() {} });
