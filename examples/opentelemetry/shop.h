// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The program. Returns its exit status.
int shop();
