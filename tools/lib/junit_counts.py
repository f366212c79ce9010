# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""junit_counts.py FILE: prints "PASSED FAILED" of a ctest run. Whatever did not run has failed."""

import sys
import xml.etree.ElementTree as ET

cases = list(ET.parse(sys.argv[1]).getroot().iter("testcase"))
passed = sum(case.get("status") == "run" for case in cases)
for case in cases:
    if case.get("status") != "run":
        print(f"{case.get('name')}: {case.get('status')}", file=sys.stderr)
print(passed, len(cases) - passed)
