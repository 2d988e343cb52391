# SPDX-License-Identifier: Apache-2.0
"""One process measured from outside: what the benches share."""
import os
import subprocess
import sys
import time


def measured(command):
    """Wall seconds, processor seconds and peak memory in MB of one process."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out = child.stdout.read()
    _, status, use = os.wait4(child.pid, 0)
    if status:
        sys.exit(f'{command}: {child.stderr.read().decode()}{out.decode()}')
    return time.monotonic() - start, use.ru_utime + use.ru_stime, out


def peak_mb(command):
    """Of a process that a small one started: what ru_maxrss would have inherited from us is left out."""
    script = ('import os,resource,subprocess,sys; subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);'
              'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)')
    out = subprocess.run(['/usr/bin/python3', '-S', '-E', '-c', script, *command], check=True, stdout=subprocess.PIPE)
    return int(out.stdout) / 1024
