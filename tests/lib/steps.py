#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""steps.py github|gitlab FILE [NAME=VALUE]...: the steps as a runner runs them.

Of an action, the inputs are given; each step whose condition holds is run by
bash -e in the working directory, with GITHUB_OUTPUT and its like as the
environment has them, and the outputs of the action are printed.  Of a GitLab
template, variables are given, and the lines of the script are run by one sh.
"""

import os
import re
import subprocess
import sys

import yaml


def expand(text, inputs, outputs):
    def value(match):
        words = match.group(1).strip().split(".")
        if words[0] == "inputs":
            return inputs[words[1]]
        if words[0] == "steps" and words[2] == "outputs":
            return outputs.get(words[1], {}).get(words[3], "")
        raise SystemExit(f"unknown expression {match.group(0)}")

    return re.sub(r"\$\{\{(.*?)\}\}", value, text)


def holds(condition, inputs):
    match = re.fullmatch(r"inputs\.(\w+) != ''", condition)
    if match is None:
        raise SystemExit(f"unknown condition {condition}")
    return inputs[match.group(1)] != ""


def read_outputs(path):
    """What a step wrote: name=value, or name<<MARK, lines, MARK."""
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, mark, rest = re.match(r"(\w+)(=|<<)(.*)\n", line).groups()
            if mark == "=":
                found[name] = rest
                continue
            lines = []
            for more in file:
                if more == rest + "\n":
                    break
                lines.append(more)
            found[name] = "".join(lines).removesuffix("\n")
    return found


def github(document, given):
    inputs = {}
    for name, spec in document["inputs"].items():
        inputs[name] = given.pop(name, spec.get("default", ""))
        if spec.get("required") and inputs[name] == "":
            raise SystemExit(f"the input {name} is required")
    if given:
        raise SystemExit(f"no such input: {', '.join(given)}")
    outputs = {}
    for number, step in enumerate(document["runs"]["steps"]):
        if "${{" in step["run"]:
            raise SystemExit("an expression in a script can be injected")
        if not holds(step.get("if", "inputs.order != ''"), inputs) and "if" in step:
            continue
        path = os.path.join(os.environ["RUNNER_TEMP"], f"output{number}")
        open(path, "w").close()
        env = {k: expand(v, inputs, outputs) for k, v in step.get("env", {}).items()}
        env = {**os.environ, **env, "GITHUB_OUTPUT": path}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            env=env, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            return done.returncode
        outputs[step.get("id", str(number))] = read_outputs(path)
    for name, spec in document["outputs"].items():
        print(f"{name}={expand(spec['value'], inputs, outputs)}")
    return 0


def gitlab(document, given):
    (job,) = (v for k, v in document.items() if k.startswith("."))
    env = {**os.environ, **job["variables"], **given}
    script = "\n".join(job["script"])
    return subprocess.run(["sh", "-e", "-c", script], env=env,
                          stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as opened:
        read = yaml.safe_load(opened)
    pairs = dict(word.split("=", 1) for word in sys.argv[3:])
    sys.exit({"github": github, "gitlab": gitlab}[sys.argv[1]](read, pairs))
