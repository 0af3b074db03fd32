#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""memory.py COMMAND...: run it, and print the most memory it took, in kB."""
import resource
import subprocess
import sys

subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
