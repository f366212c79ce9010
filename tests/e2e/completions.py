# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""Presses Tab in a real shell on a terminal of its own.

  completions.py FOLDER SHELL TYPED...    what each TYPED becomes, one a line; "-" where nothing came

FOLDER holds the program spawn. Each TYPED ends where Tab is pressed; then the line is run, by a
function that is called spawn too and shows its arguments.
"""

import os
import pty
import re
import select
import sys
import time

folder, shell, *lines = sys.argv[1:]
SHELLS = {
    "bash": (["bash", "--norc", "-i"], "bind 'set enable-bracketed-paste off'; source <(spawn completion bash)",
             "spawn() { echo \"<$*>\"; }"),
    "zsh": (["zsh", "-f", "-i"], "autoload -Uz compinit; compinit -D -u; source <(spawn completion zsh)",
            "spawn() { echo \"<$*>\" }"),
    "fish": (["fish", "--no-config", "-i"], "spawn completion fish | source", "function spawn; echo \"<$argv>\"; end"),
}
command, load, stand_in = SHELLS[shell]
pid, terminal = pty.fork()
if pid == 0:
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": os.getcwd(), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    os.execvpe(command[0], command, environment)

seen = ""


def until(pattern):
    """Reads on until the pattern is seen behind what was read before; two minutes at most, on a busy machine."""
    global seen
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        found = re.search(pattern, seen)
        if found:
            seen = seen[found.end():]
            return found
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                seen += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
    sys.exit(f"{shell} does not show {pattern!r}; it shows:\n{seen}")


def type_in(text):
    os.write(terminal, text.encode())


type_in(f"{load}\n{stand_in}\necho rea''dy\n")
until(r"ready\r?\n")
for line in lines:
    type_in(line + "\t")
    type_in("\n")
    print(until(r"<([^<>\r\n]*)>\r?\n")[1].strip() or "-")
type_in("exit\n")
